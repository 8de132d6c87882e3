import { createHash } from "node:crypto";
import { findContents } from "./bundle_contents.ts";
import { createNotices } from "./notices.ts";
import { readPackages } from "./read_packages.ts";
import { createSbom } from "./sbom.ts";

const root = new URL("../../", import.meta.url);

/** A file that was bundled, and what it was made of. */
export interface Bundled {
  /** The path of the bundle, from the root of the repository or absolute: `dist/gateway/main.js`. */
  readonly output: string;
  /** The absolute paths of the files in it. */
  readonly files: readonly string[];
}

/**
 * Writes beside the bundles of each program what they consist of, `sbom.cdx.json`, and what has to
 * go where they go: `THIRD_PARTY_NOTICES.txt` and `LICENSE`.
 *
 * @param bundles Every bundle; those in one folder are one program.
 * @throws Error When something in a bundle cannot be told.
 */
export async function describeBundles(bundles: readonly Bundled[]): Promise<void> {
  const packages = [...(await readPackages(root)).values()];
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const direct = new Set(Object.values<string>(imports).flatMap(npmName));
  const denoLicence = await Deno.readTextFile(new URL("deno_licence.txt", import.meta.url));
  const byFolder = Map.groupBy(bundles, ({ output }) => output.slice(0, output.lastIndexOf("/")));
  for (const [folder, members] of byFolder) {
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    const contents = findContents(
      members.flatMap(({ files }) => files),
      packages,
      decodeURIComponent(root.pathname),
    );
    const { version } = JSON.parse(await Deno.readTextFile(new URL(`${name}/deno.json`, root)));
    const files = await Promise.all(members.map(({ output }) => hashFile(output)));
    const described = { name, version, files, denoVersion: Deno.version.deno };
    const sbom = `${JSON.stringify(createSbom(described, contents, direct), null, 2)}\n`;
    await Deno.writeTextFile(new URL(`${folder}/sbom.cdx.json`, root), sbom);
    const notices = new URL(`${folder}/THIRD_PARTY_NOTICES.txt`, root);
    await Deno.writeTextFile(notices, createNotices(name, contents, denoLicence));
    await Deno.copyFile(new URL("LICENSE", root), new URL(`${folder}/LICENSE`, root));
  }
}

/**
 * Reads which files a bundle was made of, and removes the source map that says it.
 *
 * @param output The path of the bundle, from the root of the repository or absolute.
 * @returns The files.
 */
export async function takeSourceMap(output: string): Promise<Bundled> {
  const map = new URL(`${output}.map`, root);
  const { sources } = JSON.parse(await Deno.readTextFile(map));
  await Deno.remove(map);
  const files = sources.map((source: string) => decodeURIComponent(new URL(source, map).pathname));
  return { output, files };
}

async function hashFile(path: string): Promise<{ name: string; sha256: string }> {
  const sha256 = createHash("sha256").update(await Deno.readFile(new URL(path, root)));
  return { name: path.slice(path.lastIndexOf("/") + 1), sha256: sha256.digest("hex") };
}

function npmName(target: string): string[] {
  return /^npm:(.+)@[^@]+$/.exec(target)?.slice(1) ?? [];
}
