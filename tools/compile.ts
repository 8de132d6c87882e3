/**
 * Makes an executable of every image from the bundles that `tools/build.ts` has made:
 * `dist/compiled/asya-gateway` and so on, each with exactly the permissions that it has in its image.
 * An argument names another folder than `dist`.
 *
 *   --arch=ARCH                   amd64 or arm64 (this machine)
 *   --handler=FILE                the handler that asya-runtime hosts (examples/hello/hello.ts)
 *   --handler-permissions=FLAGS   its permissions, with spaces between them (none)
 *   --if-possible                 to do without, where Deno's download is refused
 *
 * `DENORT_BIN` in the environment names a file to use instead of that download.
 *
 * @module
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BakedPermissions } from "@asya/program";
import { checkHandlerFlags } from "../runtime/handler_flags.ts";
import { placeInProject } from "../runtime/place_in_project.ts";
import { bake, type BakeOptions } from "./images/bake.ts";
import {
  type Executable,
  planExecutables,
  type Program,
  programs,
} from "./images/plan_executables.ts";

const root = new URL("..", import.meta.url);
const here = decodeURIComponent(root.pathname);

/** Machines as the builders of images name them, and as Deno does. */
const targets: Readonly<Record<string, string>> = {
  amd64: "x86_64-unknown-linux-gnu",
  arm64: "aarch64-unknown-linux-gnu",
};

/** Where the handler's bundle lies in the folder of the bundles. */
const HANDLER = "compiled/handler.js";

function refuse(problem: string): never {
  console.error(`compile: ${problem}`);
  Deno.exit(2);
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    arch: { type: "string" },
    handler: { type: "string", default: "examples/hello/hello.ts" },
    "handler-permissions": { type: "string", default: "" },
    "if-possible": { type: "boolean", default: false },
  },
});
const [given = "dist"] = positionals;
const folder = resolve(here, given);
const handlerFlags = values["handler-permissions"].split(/\s+/).filter((flag) => flag !== "");
const [flagProblem] = checkHandlerFlags(handlerFlags);
if (flagProblem !== undefined) refuse(flagProblem);
if (values.arch !== undefined && targets[values.arch] === undefined) {
  refuse(`--arch is ${values.arch}; allowed: ${Object.keys(targets).join(", ")}`);
}
const target = values.arch && targets[values.arch];
const options: BakeOptions = { folder, ...(target && { target }) };

console.error("Making executables; what Deno makes them of is downloaded the first time.");
await bundleHandler(values.handler);
const permissions = Object.fromEntries(
  await Promise.all(programs.map(async (name) => [name, await readPermissions(name)])),
) as Record<Program, BakedPermissions>;
for (const executable of planExecutables({ permissions, handler: HANDLER, handlerFlags })) {
  await make(executable);
}

async function make(executable: Executable): Promise<void> {
  const name = `asya-${executable.name}`;
  const began = performance.now();
  const made = await bake(executable, options);
  if (made.ok) {
    const { size } = await Deno.stat(made.path);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`${name} (${(size / 1_000_000).toFixed(1)} MB, in ${seconds} s)`);
    return;
  }
  console.error(made.problem);
  if (!values["if-possible"] || !await isOnlyDownload(executable)) {
    console.error(`compile: ${name} could not be made (above: why)`);
    Deno.exit(1);
  }
  console.log("No executables: what Deno makes them of could not be downloaded (above: why).");
  console.log(`The bundles in ${given}/ are whole; this starts one of them:`);
  console.log(`  eval "deno run $(scripts/asya permissions gateway) ${given}/gateway/main.js"`);
  Deno.exit(0);
}

/** Whether it is made where nothing needs a download; the same file, which nobody can run. */
async function isOnlyDownload(executable: Executable): Promise<boolean> {
  const made = await bake(executable, { ...options, base: Deno.execPath() });
  if (made.ok) await Deno.remove(made.path);
  return made.ok;
}

/** Bundles the runtime's handler, which finds its imports as where it is hosted from its files. */
async function bundleHandler(file: string): Promise<void> {
  const path = resolve(here, file);
  const written = await Deno.makeTempDir();
  try {
    const files = { importMapPath: `${written}/imports.json`, lockPath: `${written}/deno.lock` };
    const project = placeInProject(path, files);
    const { configPath = project ? undefined : `${here}deno.json` } = project ?? {};
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--minify", "--output", `${folder}/${HANDLER}`],
        ...(configPath === undefined ? [] : [`--config=${configPath}`]),
        ...(project ? [`--import-map=${project.importMapPath}`] : []),
        path,
      ],
    }).output();
    if (!success) refuse(`${file} cannot be bundled: ${new TextDecoder().decode(stderr).trim()}`);
  } finally {
    await Deno.remove(written, { recursive: true });
  }
}

async function readPermissions(name: Program): Promise<BakedPermissions> {
  return JSON.parse(await Deno.readTextFile(new URL(`${name}/permissions.json`, root)));
}
