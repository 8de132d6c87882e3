import assert from "node:assert/strict";
import { McpBench, MessageReader, type Mode, type RpcMessage } from "../../tests/kit/mcp_bench.ts";
import { TASKS_EXTENSION } from "./declares_tasks.ts";

const TOOLS = `
tools:
  - { name: scan, route: [ocr, classify], timeout: 600, parameters: { page: { type: integer } } }
  - { name: patient, route: [ocr], wait: always }
  - { name: brief, route: [ocr], wait: never }
`;

const TTL_MS = 60_000;
const env = { ASYA_JOB_TTL: "60s" };
const extensions = [TASKS_EXTENSION];

const createBench = (more: Record<string, string> = {}) =>
  new McpBench({ tools: TOOLS, env: { ...env, ...more } });

/** Calls a tool as a task; the task as it is first shown. */
async function startTask(bench: McpBench, mode: Mode, headers = {}): Promise<RpcMessage> {
  const params = { name: "scan", arguments: { page: 1 }, ...(mode === "legacy" && { task: {} }) };
  const { result, error } = await bench.ask(mode, "tools/call", params, { extensions, headers });
  assert.equal(error, undefined, JSON.stringify(error));
  return mode === "legacy" ? result.task : result;
}

Deno.test("[P6] tasks, 2025-11-25: a call becomes a task, which has the job's id", async () => {
  await using bench = createBench();
  const { result: { tools } } = await bench.ask("legacy", "tools/list");
  const supports = tools.map((tool: RpcMessage) => [tool.name, tool.execution?.taskSupport]);
  assert.deepEqual(supports, [
    ["scan", "optional"],
    ["patient", "optional"],
    ["brief", undefined],
    ["asya_job", undefined],
  ]);
  const task = await startTask(bench, "legacy");
  const job = await (await bench.test.get(`/jobs/${task.taskId}`)).json();
  assert.deepEqual(job.payload, { page: 1 });
  assert.deepEqual(task, {
    taskId: job.id,
    status: "working",
    statusMessage: "waiting for its first step, ocr",
    createdAt: job.created_at,
    lastUpdatedAt: job.updated_at,
    ttl: TTL_MS,
    pollInterval: 500,
  });
});

Deno.test("[P6] tasks, 2025-11-25: a task is followed to its result", async () => {
  await using bench = createBench();
  const { taskId } = await startTask(bench, "legacy");
  await bench.progress(taskId, 1, "received");
  await bench.test.clock.pass(20_000);
  const { result: working } = await bench.ask("legacy", "tasks/get", { taskId });
  assert.equal(working.status, "working");
  assert.match(working.statusMessage, /^at classify, step 2 of 2, 5\d(\.\d)? %$/);
  assert.equal(working.ttl, 20_000 + TTL_MS);
  assert.equal(working.pollInterval, 2_000);

  const waiting = new MessageReader(
    await bench.send("legacy", "tasks/result", { taskId }, { progressToken: "p" }),
  );
  const note = await waiting.next();
  assert.equal(note.method, "notifications/progress");
  assert.deepEqual(note.params._meta, { "io.modelcontextprotocol/related-task": { taskId } });
  await bench.finish(taskId, { status: "succeeded", result: [1, 2] });
  let last = note;
  for (let next = note; next; next = await waiting.next()) last = next;
  assert.deepEqual(last.result, {
    content: [{ type: "text", text: "[1,2]" }],
    structuredContent: { result: [1, 2] },
    _meta: { "io.modelcontextprotocol/related-task": { taskId } },
  });
  const { result: done } = await bench.ask("legacy", "tasks/get", { taskId });
  assert.equal(done.status, "completed");
  const again = await bench.ask("legacy", "tasks/result", { taskId });
  assert.deepEqual(again.result, last.result);
});

Deno.test("[P6] tasks, 2025-11-25: a tool's error fails its task", async () => {
  await using bench = createBench();
  const { taskId } = await startTask(bench, "legacy");
  await bench.finish(taskId, { status: "failed", error: "out of ink" });
  const { result: task } = await bench.ask("legacy", "tasks/get", { taskId });
  assert.deepEqual([task.status, task.statusMessage], [
    "failed",
    `Job ${taskId} failed: out of ink`,
  ]);
  const { result } = await bench.ask("legacy", "tasks/result", { taskId });
  assert.equal(result.isError, true);
});

Deno.test("[P6] tasks, 2025-11-25: a task is cancelled, once", async () => {
  await using bench = createBench();
  const { taskId } = await startTask(bench, "legacy");
  const waiting = bench.ask("legacy", "tasks/result", { taskId });
  const { result: cancelled } = await bench.ask("legacy", "tasks/cancel", { taskId });
  assert.equal(cancelled.status, "cancelled");
  assert.equal((await bench.test.get(`/jobs/${taskId}/active`)).status, 410);
  assert.equal((await waiting).result.isError, true);
  const { error } = await bench.ask("legacy", "tasks/cancel", { taskId });
  assert.deepEqual([error.code, error.message], [
    -32602,
    "the task has ended already: it is cancelled",
  ]);
});

Deno.test("[P6] tasks, 2025-11-25: tasks are listed, page by page", async () => {
  await using bench = createBench();
  const ids: string[] = [];
  for (let index = 0; index < 53; index++) ids.unshift((await startTask(bench, "legacy")).taskId);
  const { result: first } = await bench.ask("legacy", "tasks/list");
  const { result: second } = await bench.ask("legacy", "tasks/list", { cursor: first.nextCursor });
  const listed = [...first.tasks, ...second.tasks].map(({ taskId }: RpcMessage) => taskId);
  assert.deepEqual(listed, ids);
  assert.equal(second.nextCursor, undefined);
  const { error } = await bench.ask("legacy", "tasks/list", { cursor: "nowhere" });
  assert.equal(error.code, -32602);
});

Deno.test("[P6] tasks, 2025-11-25: what cannot be a task is refused", async () => {
  await using bench = createBench();
  const call = async (params: Record<string, unknown>) =>
    (await bench.ask("legacy", "tools/call", { ...params, task: {} })).error;
  const never = await call({ name: "brief", arguments: {} });
  assert.deepEqual([never.code, /brief cannot be/.test(never.message)], [-32601, true]);
  const wrong = await call({ name: "scan", arguments: { page: "x" } });
  assert.deepEqual([wrong.code, /page/.test(wrong.message)], [-32602, true]);
  assert.equal((await call({ name: "nothing" })).code, -32602);
  assert.deepEqual((await (await bench.test.get("/jobs")).json()).jobs, []);
});

Deno.test("[P6] tasks, 2026-07-28: a call of a client that knows tasks becomes one", async () => {
  await using bench = createBench();
  const task = await startTask(bench, "modern");
  const job = await (await bench.test.get(`/jobs/${task.taskId}`)).json();
  const { _meta, ...shown } = task;
  assert.deepEqual(shown, {
    resultType: "task",
    taskId: job.id,
    status: "working",
    statusMessage: "waiting for its first step, ocr",
    createdAt: job.created_at,
    lastUpdatedAt: job.updated_at,
    ttlMs: TTL_MS,
    pollIntervalMs: 500,
  });
  const taskId = job.id;
  const { result: working } = await bench.ask("modern", "tasks/get", { taskId }, { extensions });
  assert.deepEqual([working.resultType, working.status, working.result], [
    "complete",
    "working",
    undefined,
  ]);
  const updated = await bench.ask("modern", "tasks/update", { taskId, inputResponses: {} }, {
    extensions,
  });
  assert.equal(updated.result.resultType, "complete");
  await bench.finish(taskId, { status: "failed", error: "out of ink" });
  const { result: done } = await bench.ask("modern", "tasks/get", { taskId }, { extensions });
  // The extension keeps `failed` for errors of the protocol.
  assert.equal(done.status, "completed");
  assert.deepEqual([done.result.resultType, done.result.isError], ["complete", true]);
  assert.match(done.result.content[0].text, /out of ink/);
});

Deno.test("[P6] tasks, 2026-07-28: a task is cancelled, and again", async () => {
  await using bench = createBench();
  const { taskId } = await startTask(bench, "modern");
  for (let round = 0; round < 2; round++) {
    const { result } = await bench.ask("modern", "tasks/cancel", { taskId }, { extensions });
    assert.deepEqual([result.resultType, result.status], ["complete", undefined]);
  }
  const { result } = await bench.ask("modern", "tasks/get", { taskId }, { extensions });
  assert.deepEqual([result.status, result.result], ["cancelled", undefined]);
});

Deno.test("[P6] tasks, 2026-07-28: who does not know tasks, or does not want one, gets none", async () => {
  await using bench = createBench();
  const call = async (name: string, options: Parameters<McpBench["ask"]>[3]) => {
    const { result } = await bench.ask("modern", "tools/call", { name, arguments: {} }, options);
    return [result.resultType, result.structuredContent.job_id !== undefined];
  };
  for (const [name, progressToken] of [["patient", undefined], ["scan", "p"]] as const) {
    const params = { name, arguments: {} };
    const options = { extensions, ...(progressToken && { progressToken }) };
    const called = bench.ask("modern", "tools/call", params, options);
    await bench.finish(await bench.activeJob(), { status: "succeeded", result: { n: 1 } });
    assert.deepEqual((await called).result.structuredContent, { n: 1 });
  }
  assert.deepEqual(await call("scan", {}), ["complete", true]);
  assert.deepEqual(await call("brief", { extensions }), ["complete", true]);
  const { taskId } = await startTask(bench, "modern");
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
    const response = await bench.send("modern", method, { taskId, inputResponses: {} });
    const { error } = await response.json();
    assert.equal(response.status, 400);
    assert.equal(error.code, -32021);
    assert.deepEqual(error.data.requiredCapabilities, { extensions: { [TASKS_EXTENSION]: {} } });
  }
});

Deno.test("[P6] tasks, 2026-07-28: a task that has ended already is answered with its result", async () => {
  await using bench = new McpBench({ env });
  const params = { name: "echo", arguments: { message: "hello" } };
  const { result } = await bench.ask("modern", "tools/call", params, { extensions });
  assert.equal(result.resultType, "complete");
  assert.deepEqual(result.structuredContent, { message: "hello" });
});

for (const mode of ["legacy", "modern"] as const) {
  Deno.test(`[P6] tasks, ${mode}: a task outlives its connection`, async () => {
    await using bench = createBench();
    const leave = new AbortController();
    const { taskId } = await startTask(bench, mode, { connection: "close" });
    if (mode === "legacy") {
      const left = await bench.send(mode, "tasks/result", { taskId }, { signal: leave.signal });
      leave.abort();
      await left.body?.cancel().catch(() => {});
    }
    await bench.progress(taskId, 0, "received");
    const { result } = await bench.ask(mode, "tasks/get", { taskId }, { extensions });
    assert.equal(result.status, "working");
  });

  Deno.test(`[P6] tasks, ${mode}: a task of another caller is unknown`, async () => {
    await using bench = createBench({
      ASYA_AUTH: "token",
      ASYA_API_TOKENS: "me=secret-of-me,you=secret-of-you",
    });
    const me = { authorization: "Bearer secret-of-me" };
    const you = { authorization: "Bearer secret-of-you" };
    const { taskId } = await startTask(bench, mode, me);
    const methods = mode === "legacy"
      ? ["tasks/get", "tasks/result", "tasks/cancel"]
      : ["tasks/get", "tasks/update", "tasks/cancel"];
    for (const method of methods) {
      for (const id of [taskId, "nothing"]) {
        const params = { taskId: id, inputResponses: {} };
        const { error } = await bench.ask(mode, method, params, { extensions, headers: you });
        assert.deepEqual([error.code, error.message], [
          -32602,
          `there is no task ${JSON.stringify(id)}`,
        ], method);
      }
    }
    if (mode === "legacy") {
      const { result } = await bench.ask(mode, "tasks/list", {}, { headers: you });
      assert.deepEqual(result.tasks, []);
    }
    const { result } = await bench.ask(mode, "tasks/get", { taskId }, { extensions, headers: me });
    assert.equal(result.status, "working");
  });

  Deno.test(`tasks, ${mode}: a task without an id is a wrong parameter`, async () => {
    await using bench = createBench();
    const { error } = await bench.ask(mode, "tasks/get", { taskId: 5 }, { extensions });
    assert.equal(error.code, -32602);
    assert.match(error.message, /taskId is number; a task/);
  });
}

Deno.test("tasks: what a revision does not have is not found", async () => {
  await using bench = createBench();
  for (
    const [mode, method] of [
      ["modern", "tasks/result"],
      ["modern", "tasks/list"],
      ["legacy", "tasks/update"],
    ] as const
  ) {
    const { error } = await bench.ask(mode, method, { taskId: "x" }, { extensions });
    assert.equal(error.code, -32601, method);
  }
});

Deno.test("tasks: a gateway that stops lets go of who waits for a result", async () => {
  await using bench = createBench();
  const { taskId } = await startTask(bench, "legacy");
  const waiting = new MessageReader(
    await bench.send("legacy", "tasks/result", { taskId }, { progressToken: "p" }),
  );
  await bench.progress(taskId, 0, "received");
  assert.equal((await waiting.next()).method, "notifications/progress");
  bench.test.gateway.release();
  const { error } = await waiting.next();
  assert.match(error.message, /ask for its result again/);
  assert.equal((await bench.test.get(`/jobs/${taskId}/active`)).status, 200);
});
