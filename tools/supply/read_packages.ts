import { readOutput } from "../read_output.ts";
import { type Package, titleOf } from "./package.ts";

/** What is used here of `deno info --json`. */
interface Info {
  readonly npmPackages: Readonly<
    Record<string, {
      readonly name: string;
      readonly version: string;
      readonly localPath: string;
      readonly dependencies: readonly string[];
    }>
  >;
}

/** Scripts that npm runs for a package that is installed. */
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"];

/** The names of files with what must not be parted from the code. */
const TEXT_FILES = /^(?:licen[cs]e|copying|unlicense|notice)(?:[.-].*)?$/i;

/**
 * Reads every package of the lock file from where Deno keeps it.
 *
 * @param root The root of the repository, a `file:` URL that ends with `/`.
 * @returns The packages, by how the lock file calls them, in its order.
 * @throws Error When Deno cannot tell; the message has what it says.
 */
export async function readPackages(root: URL): Promise<ReadonlyMap<string, Package>> {
  // Any module will do: with it come all packages of the lock.
  const info = await readOutput("deno", ["info", "--json", "gateway/main.ts"], root);
  const { npmPackages }: Info = JSON.parse(info);
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
  const packages = new Map<string, Package>();
  for (const [key, { name, version, localPath, dependencies }] of Object.entries(npmPackages)) {
    const own = JSON.parse(await Deno.readTextFile(`${localPath}/package.json`));
    packages.set(key, {
      name,
      version,
      licence: licenceIn(own),
      texts: await readTexts(localPath),
      installScripts: INSTALL_SCRIPTS.filter((script) => own.scripts?.[script] !== undefined),
      integrity: lock.npm[key].integrity,
      folder: localPath,
      dependencies: dependencies.map((key) => titleOf(npmPackages[key] ?? unknown(key))),
    });
  }
  return packages;
}

function unknown(key: string): never {
  throw new Error(`deno info names ${key} as a dependency, and does not know it`);
}

/** The licence as the field says it in our days, or as old packages have it: a list of one. */
function licenceIn(own: { license?: unknown; licenses?: unknown }): string | undefined {
  if (typeof own.license === "string") return own.license;
  if (!Array.isArray(own.licenses) || own.licenses.length !== 1) return undefined;
  const { type } = own.licenses[0];
  return typeof type === "string" ? type : undefined;
}

async function readTexts(folder: string): Promise<string[]> {
  const names = [...Deno.readDirSync(folder)]
    .filter(({ isFile, name }) => isFile && TEXT_FILES.test(name)).map(({ name }) => name);
  return await Promise.all(names.sort().map((name) => Deno.readTextFile(`${folder}/${name}`)));
}
