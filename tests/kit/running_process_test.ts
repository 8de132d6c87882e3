import assert from "node:assert/strict";
import { isRunning, waitForNoProcess } from "./look_at_process.ts";
import { RunningProcess } from "./running_process.ts";
import { platformEnv } from "./start_program.ts";

function startScript(script: string): RunningProcess {
  return new RunningProcess({
    name: "script",
    command: Deno.execPath(),
    args: ["eval", "--quiet", script],
    env: platformEnv(),
  });
}

Deno.test("lines are waited for, and are read as log lines where they are JSON", async () => {
  await using script = startScript(`
    console.log("plain");
    console.error(JSON.stringify({ message: "ready", port: 7 }));
    setInterval(() => {}, 1000);
  `);
  const line = await script.waitForLine("ready");
  assert.equal(line.fields.port, 7);
  assert.equal(line.stream, "stderr");
  assert.ok(await script.waitForLine(({ text }) => text === "plain"));
  assert.equal((await script.stop()).code, 143);
  await waitForNoProcess([script.pid]);
});

Deno.test("a process that ends before its line fails the wait, with all it wrote", async () => {
  await using script = startScript(`console.log("last words"); Deno.exit(3)`);
  await assert.rejects(script.waitForLine("ready"), /script ended \(3\).*\n.*last words/s);
});

Deno.test("a line that does not come fails the wait, with all that was written", async () => {
  await using script = startScript(`console.log("first"); setInterval(() => {}, 1000)`);
  await script.waitForLine(({ text }) => text === "first");
  await assert.rejects(script.waitForLine("ready", 50), /waited 50 ms for "ready".*first/s);
  assert.equal(isRunning(script.pid), true);
});
