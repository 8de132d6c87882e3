import { type Module, namesDeno } from "./arrows.ts";
import { listFiles } from "../list_files.ts";
import { readOutput } from "../read_output.ts";

/** The part of `deno info --json` that is used here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string; readonly error?: string };
      readonly type?: { readonly specifier?: string; readonly error?: string };
    }[];
  }[];
}

/**
 * Reads what every TypeScript file under the root imports, in one run of `deno info`.
 *
 * @param root The root of the repository, a `file:` URL that ends with `/`.
 * @returns The files with their imports.
 * @throws Error When Deno cannot resolve an import; the message says which.
 */
export async function readModuleGraph(root: URL): Promise<Module[]> {
  const paths = (await listFiles(root)).filter((path) => /\.tsx?$/.test(path));
  const info = await runDenoInfo(root, paths);
  const bareNames = await readBareNames(root);
  const modules: Module[] = [];
  for (const { specifier, error, dependencies = [] } of info.modules) {
    if (!specifier.startsWith(root.href)) continue;
    const path = decodeURIComponent(specifier.slice(root.href.length));
    if (error !== undefined || !paths.includes(path)) continue; // its importers will be named
    const imports = dependencies.flatMap((dependency) => {
      const failed = dependency.code?.error ?? dependency.type?.error;
      if (failed !== undefined) throw new Error(`${path}: ${failed}`);
      return [dependency.code?.specifier, dependency.type?.specifier];
    }).filter((target) => target !== undefined).map((target) => nameOf(target, root, bareNames));
    modules.push({
      path,
      imports: [...new Set(imports)],
      namesDeno: namesDeno(await Deno.readTextFile(new URL(path, root))),
    });
  }
  return modules;
}

/**
 * Reads what some modules import, and what those import, whatever kind of file it is.
 *
 * @param root The root of the repository, a `file:` URL that ends with `/`.
 * @param paths The modules, from the root.
 * @returns The files of this repository that each one imports, by its path.
 */
export async function readImports(
  root: URL,
  paths: readonly string[],
): Promise<Map<string, string[]>> {
  const { modules } = await runDenoInfo(root, paths);
  const pathOf = (specifier = "") =>
    specifier.startsWith(root.href) ? [decodeURIComponent(specifier.slice(root.href.length))] : [];
  return new Map(modules.flatMap(({ specifier, dependencies = [] }) => {
    const targets = dependencies.flatMap(({ code, type }) =>
      [code, type].flatMap((target) => pathOf(target?.specifier))
    );
    return pathOf(specifier).map((path): [string, string[]] => [path, targets]);
  }));
}

/** A module that imports all others stands for them, so that one graph holds everything. */
async function runDenoInfo(root: URL, paths: readonly string[]): Promise<Info> {
  const everything = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = paths.map((path) => `import ${JSON.stringify(new URL(path, root).href)};\n`);
    await Deno.writeTextFile(everything, lines.join(""));
    const args = ["info", "--json", "--config", "deno.json", everything];
    return JSON.parse(await readOutput("deno", args, root));
  } finally {
    await Deno.remove(everything);
  }
}

/** The bare names of the root's import map, by the name and version of each package at npm. */
async function readBareNames(root: URL): Promise<ReadonlyMap<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  return new Map(
    Object.entries<string>(imports).map(([bare, target]) => [packageOf(target) ?? target, bare]),
  );
}

/** `a/b.ts` for our own files, `npm:` and the bare name for packages. */
function nameOf(specifier: string, root: URL, bareNames: ReadonlyMap<string, string>): string {
  if (specifier.startsWith(root.href)) {
    return decodeURIComponent(specifier.slice(root.href.length));
  }
  const name = packageOf(specifier);
  return name === undefined ? specifier : `npm:${bareNames.get(name) ?? name}`;
}

/** A package's name at npm and its version, without a path. */
function packageOf(specifier: string): string | undefined {
  return /^npm:\/?((?:@[^/]+\/)?[^/]+)/.exec(specifier)?.[1];
}
