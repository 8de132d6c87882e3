/**
 * Bundles every program into `dist/NAME/`, minified: `main.js`, the entry points of its child
 * processes, and its `permissions.json`. Bundles start in half the time and with less memory. Beside
 * them go `@asya/runtime`, which handlers import, and the handlers of terminal actors and joins. An
 * argument names another folder than `dist`.
 *
 * @module
 */

import { readOutput } from "./read_output.ts";
import { type Bundled, describeBundles, takeSourceMap } from "./supply/describe_bundles.ts";

const root = new URL("..", import.meta.url);
const [folder = "dist"] = Deno.args;

/** What handlers import by its bare name; the runtime looks for it beside itself, by this name. */
const offered = "runtime/mod.ts";

/** The handlers that every mesh has, which an image brings as single files. */
const handlers = ["happy_end", "error_end", "join"];

/**
 * `main.ts` of every program, and files named `…_main.ts`, which are started as child processes. A
 * program is what has a list of permissions: the `asya` command and the benchmarks have none, and
 * run from a checkout. The folders themselves are asked: where an image is made there is no git.
 */
function entryPoints(): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  for (const { name } of [...Deno.readDirSync(root)].filter(({ isDirectory }) => isDirectory)) {
    const files = [...Deno.readDirSync(new URL(`${name}/`, root))].map(({ name }) => name);
    const mains = files.filter((file) => /^(?:[a-z_]+_)?main\.ts$/.test(file)).sort();
    if (mains.length === 0 || !files.includes("permissions.json")) continue;
    entries.set(name, mains.map((main) => `${name}/${main}`));
  }
  return entries;
}

/** A path that starts at the root, unless it is absolute. */
function inRoot(path: string): URL {
  return new URL(path, root);
}

async function bundle(entry: string, output: string): Promise<Bundled> {
  const flags = ["--quiet", "--minify", "--sourcemap=external"];
  await readOutput("deno", ["bundle", ...flags, "--output", output, entry], root);
  // The first start would look through the whole file, which takes time and memory; this does now.
  await readOutput("deno", ["cache", "--quiet", output], root);
  const { size } = await Deno.stat(inRoot(output));
  console.log(`${output} (${Math.round(size / 1_000)} kB)`);
  return await takeSourceMap(output);
}

const programs = entryPoints();
const bundles: Bundled[] = [];
for (const [name, entries] of programs) {
  for (const entry of entries) {
    bundles.push(await bundle(entry, `${folder}/${entry.replace(/\.ts$/, ".js")}`));
  }
  const permissions = new URL(`${name}/permissions.json`, root);
  await Deno.copyFile(permissions, inRoot(`${folder}/${name}/permissions.json`));
}
bundles.push(await bundle(offered, `${folder}/${offered}`));
for (const name of handlers) {
  bundles.push(await bundle(`actors/${name}.ts`, `${folder}/actors/${name}.js`));
}
await describeBundles(bundles);
