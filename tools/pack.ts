/**
 * Packs what runs under Node for npm: `pack.ts [FOLDER]` writes a tarball of each such package into
 * the folder (`dist/npm` without one), by `deno pack`, and completes what that leaves out: what a
 * package depends on, and that an entry point for Deno alone is none here.
 *
 * @module
 */
import { readMembers } from "./packages/members.ts";
import {
  completeManifest,
  findNeedless,
  findReached,
  type Manifest,
  NPM_MEMBERS,
  type NpmMember,
} from "./packages/npm_package.ts";

const root = new URL("..", import.meta.url);
const members = await readMembers(root);
const target = new URL(`${(Deno.args[0] ?? "dist/npm").replace(/\/$/, "")}/`, root);

/** Runs a command to its end; what it said is shown where it fails. */
async function run(command: string, args: readonly string[], cwd: URL | string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return;
  for (const said of [stdout, stderr]) console.error(new TextDecoder().decode(said));
  console.error(`pack: ${command} ${args[0]} fails; above is why`);
  Deno.exit(1);
}

/** All files of an unpacked package, by path from its folder. */
async function listAll(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    const path = prefix + name;
    if (isDirectory) paths.push(...await listAll(folder, `${path}/`));
    else paths.push(path);
  }
  return paths;
}

/** The text of modules and declarations, by path. */
async function readCode(folder: string, paths: readonly string[]): Promise<Map<string, string>> {
  const code = paths.filter((path) => /\.(js|d\.ts)$/.test(path));
  const texts = code.map(async (path): Promise<[string, string]> => [
    path,
    await Deno.readTextFile(`${folder}/${path}`),
  ]);
  return new Map(await Promise.all(texts));
}

async function pack({ folder, entries }: NpmMember): Promise<string> {
  const member = members.find((one) => one.folder === folder);
  if (member === undefined) throw new Error(`${folder} is no member of the workspace`);
  const work = await Deno.makeTempDir();
  try {
    const packed = ["pack", "--allow-dirty", "--no-source-maps", "--output", `${work}/packed.tgz`];
    await run(Deno.execPath(), packed, new URL(`${folder}/`, root));
    await run("tar", ["-xzf", "packed.tgz"], work);
    const unpacked = `${work}/package`;
    const manifest: Manifest = JSON.parse(await Deno.readTextFile(`${unpacked}/package.json`));
    const kept = Object.entries(manifest.exports).filter(([entry]) =>
      entries === "all" || entries.includes(entry)
    );
    const roots = kept.flatMap(([, targets]) =>
      Object.values(targets).map((path) => path.replace(/^\.\//, ""))
    );
    const all = await listAll(unpacked);
    const { paths, packages } = findReached(await readCode(unpacked, all), roots);
    for (const path of findNeedless(all, paths)) await Deno.remove(`${unpacked}/${path}`);
    const complete = completeManifest(manifest, {
      description: member.description,
      license: member.license,
      entries,
      dependencies: Object.fromEntries([...packages].sort().map((name) => [name, needed(name)])),
    });
    await Deno.writeTextFile(`${unpacked}/package.json`, JSON.stringify(complete, null, 2));
    const name = `${member.name.slice(1).replace("/", "-")}-${member.version}.tgz`;
    await Deno.mkdir(target, { recursive: true });
    await run("tar", ["-czf", `${work}/${name}`, "package"], work);
    await Deno.copyFile(`${work}/${name}`, new URL(name, target));
    return name;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Members go together by their version, as JSR resolves them. */
function needed(name: string): string {
  const member = members.find((one) => one.name === name);
  if (member === undefined) {
    throw new Error(`a package for npm imports ${name}, which is no member`);
  }
  return `^${member.version}`;
}

for (const member of NPM_MEMBERS) {
  const name = await pack(member);
  const { size } = await Deno.stat(new URL(name, target));
  console.log(`${name} (${Math.round(size / 1_000)} kB)`);
}
