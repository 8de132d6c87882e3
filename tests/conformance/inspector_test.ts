/**
 * The inspector of the Model Context Protocol, as a process, against a mesh of real processes.
 *
 * @module
 */
import type { JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { makeTempFolder, pathOf, platformEnv, type TestMesh } from "../kit/mod.ts";
import { startClientMesh, TOOL_NAMES } from "./client_mesh.ts";
import { mcpOf } from "./rounds.ts";

/** What the inspector prints, which is JSON. */
async function inspect(mesh: TestMesh, ...asked: readonly string[]): Promise<JsonObject> {
  // It finds out where it is installed by looking for this file above where it is run.
  await using folder = await makeTempFolder();
  await folder.write("package.json", "{}");
  await Deno.mkdir(folder.at("build"));
  const url = mcpOf(mesh);
  const permissions = ["--ignore-env", "--allow-read", `--allow-net=${url.host}`];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--cached-only", ...permissions],
      ...[pathOf("tests/conformance/inspector.ts"), url.href, "--transport", "http", ...asked],
    ],
    cwd: folder.at("build"),
    env: platformEnv(),
    clearEnv: true,
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

function call(mesh: TestMesh, name: string, ...args: readonly string[]): Promise<JsonObject> {
  const given = args.flatMap((arg) => ["--tool-arg", arg]);
  return inspect(mesh, "--method", "tools/call", "--tool-name", name, ...given);
}

Deno.test("[P5] the inspector lists and calls tools", async (t) => {
  await using mesh = await startClientMesh();
  await t.step("lists them", async () => {
    const { tools } = await inspect(mesh, "--method", "tools/list") as { tools: JsonObject[] };
    assert.deepEqual(tools.map(({ name }) => name), TOOL_NAMES);
  });
  await t.step("waits for a result", async () => {
    const result = await call(mesh, "await_work", "name=Ada", "chunks=2");
    assert.deepEqual(result.structuredContent, { greeting: "Hello, Ada!" });
  });
  await t.step("is given a job's id", async () => {
    const result = await call(mesh, "work", "name=Ada");
    assert.match(JSON.stringify(result.content), /Job created successfully with ID: /);
  });
  await t.step("is told which argument is wrong", async () => {
    const result = await call(mesh, "await_work", "size=small");
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.content), /size/);
  });
});
