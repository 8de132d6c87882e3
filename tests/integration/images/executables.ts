import assert from "node:assert/strict";
import { imageFlags } from "../../../tools/images/image_flags.ts";
import { programs } from "../../../tools/images/plan_executables.ts";
import { readExecutable } from "../../kit/images/executable.ts";
import type { TempFolder } from "../../kit/mod.ts";
import { BASE, runTask } from "./build_all.ts";
import { readPermissions } from "./read_permissions.ts";

/**
 * Executables have what their image grants, the modules that are built, and nothing else.
 *
 * @param dist what was built
 */
export async function lookInto(dist: string): Promise<void> {
  const contents = async (name: string) =>
    readExecutable(await Deno.readFile(`${dist}/compiled/asya-${name}`));
  for (const program of programs) {
    const { flags, files, main, exportsTraces } = await contents(program);
    assert.equal(main, "main.js");
    assert.equal(exportsTraces, false);
    const isHost = program === "runtime" || program === "actors";
    const bundle = await Deno.readFile(`${dist}/${isHost ? "runtime" : program}/main.js`);
    assert.deepEqual(files.get("main.js"), bundle, program);
    const own = isHost ? [`--allow-run=/usr/local/bin/asya-${program}`] : [];
    const expected = program === "runtime"
      ? [
        ...["--no-prompt", "--ignore-env", "--allow-env=ASYA_*,GREETING"],
        "--allow-net=unix:/tmp/sockets/app.sock,api.example.com",
        "--allow-read=/tmp/sockets",
        flags.find((flag) => flag.startsWith("--allow-write=/tmp/sockets/app.sock")),
      ]
      : imageFlags(await readPermissions(program));
    assert.deepEqual(flags.toSorted(), [...expected, ...own].toSorted(), program);
  }
  const names = async (name: string) => [...(await contents(name)).files.keys()].sort();
  assert.deepEqual(await names("runtime"), ["handler.js", "main.js"]);
  const handlers = ["error_end.js", "happy_end.js", "join.js"];
  assert.deepEqual(await names("actors"), [...handlers, "main.js"]);
  assert.deepEqual(await names("gateway"), ["main.js"]);
}

/**
 * Compiles where nothing can be downloaded, and where something else is wrong.
 *
 * @param folder with bundles in `again`
 */
export async function refuseDownload(folder: TempFolder): Promise<void> {
  // There is no such file, whatever this machine's network reaches.
  const nowhere = { DENORT_BIN: folder.at("nowhere") };
  const dist = folder.at("again");
  const without = await runTask(["compile", dist, "--if-possible"], nowhere);
  assert.equal(without.code, 0, without.err);
  assert.match(without.out, /No executables: what Deno makes them of could not be downloaded/);
  const asked = await runTask(["compile", dist], nowhere);
  assert.deepEqual([asked.code, asked.out], [1, ""]);
  assert.match(asked.err, /compile: asya-gateway could not be made \(above: why\)/);
  const wrong = await runTask(["compile", dist, "--if-possible", "--handler-permissions=-A"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /the argument "-A" is not allowed; allowed: permissions of the handler/);
}

/**
 * Compiles a handler that lives in a project of its own, as the runtime would load it.
 *
 * @param folder with bundles in `again`
 */
export async function compileOwn(folder: TempFolder): Promise<void> {
  await folder.write("own/deno.json", '{ "imports": { "words": "./words.ts" } }');
  await folder.write("own/words.ts", "export const busy = 'too busy for now';");
  const handler = await folder.write(
    "own/predict.ts",
    'import { RetryableError } from "@asya/runtime";\nimport { busy } from "words";\n' +
      "export default () => { throw new RetryableError(busy); };\n",
  );
  const args = ["compile", folder.at("again"), `--handler=${handler}`];
  const { code, err } = await runTask(args, { DENORT_BIN: BASE });
  assert.equal(code, 0, err);
  const executable = await Deno.readFile(folder.at("again/compiled/asya-runtime"));
  const { files, flags } = readExecutable(executable);
  assert.match(new TextDecoder().decode(files.get("handler.js")), /too busy for now/);
  assert(flags.includes("--allow-net=unix:/tmp/sockets/app.sock"), flags.join(" "));
}
