import assert from "node:assert/strict";
import { poll } from "../../tests/kit/poll.ts";
import { McpBench, MessageReader, type RpcMessage } from "../../tests/kit/mcp_bench.ts";
import { toolsOf } from "../testing/test_gateway.ts";
import { TASKS_EXTENSION } from "./declares_tasks.ts";

const TOOLS = "tools: [{ name: scan, route: [ocr, classify] }]";
const OTHER_TOOLS = "tools: [{ name: scan, route: [ocr] }, { name: print, route: [paper] }]";
const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";
const extensions = [TASKS_EXTENSION];

const createBench = () => new McpBench({ tools: TOOLS });

function reload(bench: McpBench, yaml: string): void {
  bench.test.gateway.replaceTools({ ok: true, tools: toolsOf(yaml) });
}

async function subscribe(
  bench: McpBench,
  notifications: Record<string, unknown>,
  more = { extensions },
): Promise<MessageReader> {
  const response = await bench.send("modern", "subscriptions/listen", { notifications }, more);
  assert.equal(response.status, 200);
  return new MessageReader(response);
}

async function startTask(bench: McpBench): Promise<string> {
  const params = { name: "scan", arguments: {} };
  return (await bench.ask("modern", "tools/call", params, { extensions })).result.taskId;
}

Deno.test("[P7] notices, 2025: the stream tells of other tools", async () => {
  await using bench = createBench();
  const accept = "text/event-stream";
  const response = await fetch(`${bench.url}/mcp`, { headers: { accept } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-accel-buffering"), "no");
  const stream = new MessageReader(response);
  reload(bench, OTHER_TOOLS);
  assert.deepEqual(await stream.next(), {
    jsonrpc: "2.0",
    method: "notifications/tools/list_changed",
  });
  bench.test.gateway.replaceTools({ ok: false, problems: ["a bad file"] });
  bench.test.gateway.release();
  assert.equal(await stream.next(), undefined);
});

Deno.test("notices, 2025: a stream that cannot be had", async () => {
  await using bench = createBench();
  for (
    const [headers, status] of [
      [{ accept: "application/json" }, 406],
      [{ accept: "text/event-stream", "mcp-protocol-version": "2026-07-28" }, 405],
      [{ accept: "text/event-stream", "mcp-protocol-version": "1999-01-01" }, 405],
    ] as const
  ) {
    const response = await fetch(`${bench.url}/mcp`, { headers });
    assert.equal(response.status, status);
    assert.equal(typeof (await response.json()).error.message, "string");
  }
});

for (const mode of ["legacy", "modern"] as const) {
  Deno.test(`[P7] notices, ${mode}: the official client lists the tools again`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    let changes = 0;
    client.setNotificationHandler("notifications/tools/list_changed", () => void changes++);
    if (mode === "modern") await client.listen({ toolsListChanged: true });
    await poll("the client to hear of it", () => {
      if (changes === 0) reload(bench, OTHER_TOOLS);
      return changes > 0;
    });
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), ["scan", "print", "asya_job"]);
  });
}

Deno.test("[P7] notices, 2026-07-28: who did not subscribe to tools is not told of them", async () => {
  await using bench = createBench();
  const taskId = await startTask(bench);
  const stream = await subscribe(bench, { taskIds: [taskId] });
  await stream.next();
  assert.equal((await stream.next()).params.status, "working");
  reload(bench, OTHER_TOOLS);
  await bench.test.post(`/jobs/${taskId}/cancel`);
  assert.equal((await stream.next()).params.status, "cancelled");
});

Deno.test("[P6] notices, 2026-07-28: a subscription follows a task to its end, and ends", async () => {
  await using bench = createBench();
  const taskId = await startTask(bench);
  const stream = await subscribe(bench, { taskIds: [taskId, "nothing", taskId] });
  assert.deepEqual(await stream.next(), {
    jsonrpc: "2.0",
    method: "notifications/subscriptions/acknowledged",
    params: { notifications: { taskIds: [taskId] }, _meta: { [SUBSCRIPTION]: 7 } },
  });
  const states: string[] = [];
  const next = async (): Promise<RpcMessage> => {
    const { method, params } = await stream.next();
    assert.equal(method, "notifications/tasks");
    assert.deepEqual([params.taskId, params._meta], [taskId, { [SUBSCRIPTION]: 7 }]);
    states.push(`${params.status}: ${params.statusMessage}`);
    return params;
  };
  await next();
  await bench.progress(taskId, 0, "received");
  await next();
  for (const partial of ["some ", "words"]) {
    await bench.progress(taskId, 0, "received", { partial, seq: states.length });
  }
  await bench.progress(taskId, 1, "received");
  await next();
  await bench.finish(taskId, { status: "succeeded", result: { n: 1 } });
  const ended = await next();
  const { result } = await bench.ask("modern", "tasks/get", { taskId }, { extensions });
  for (const field of ["status", "lastUpdatedAt", "ttlMs", "pollIntervalMs", "result"]) {
    assert.deepEqual(ended[field], result[field], field);
  }
  assert.deepEqual(states, [
    "working: waiting for its first step, ocr",
    "working: at ocr, step 1 of 2, 5 %",
    "working: at classify, step 2 of 2, 55 %",
    "completed: job succeeded",
  ]);
  const closing = await stream.next();
  assert.equal(closing.result.resultType, "complete");
  assert.equal(closing.result._meta[SUBSCRIPTION], 7);
  assert.equal(await stream.next(), undefined);
});

Deno.test("[P6] notices, 2026-07-28: tasks and tools on one subscription", async () => {
  await using bench = createBench();
  const taskId = await startTask(bench);
  await bench.finish(taskId, { status: "succeeded", result: 1 });
  const stream = await subscribe(bench, { taskIds: [taskId], toolsListChanged: true });
  const { params } = await stream.next();
  assert.deepEqual(params.notifications, { toolsListChanged: true, taskIds: [taskId] });
  assert.equal((await stream.next()).params.status, "completed");
  reload(bench, OTHER_TOOLS);
  assert.equal((await stream.next()).method, "notifications/tools/list_changed");
  bench.test.gateway.release();
  assert.equal((await stream.next()).result.resultType, "complete");
});

Deno.test("notices, 2026-07-28: nothing to tell of ends at once", async () => {
  await using bench = createBench();
  const stream = await subscribe(bench, { promptsListChanged: true });
  assert.deepEqual((await stream.next()).params.notifications, {});
  assert.equal((await stream.next()).result.resultType, "complete");
  assert.equal(await stream.next(), undefined);
});

Deno.test("notices, 2026-07-28: who goes away leaves nothing behind", async () => {
  await using bench = createBench();
  const taskId = await startTask(bench);
  const stream = await subscribe(bench, { taskIds: [taskId], toolsListChanged: true });
  await stream.next();
  await stream.cancel();
  await bench.progress(taskId, 0, "received");
  reload(bench, OTHER_TOOLS);
});

Deno.test("notices, 2026-07-28: a subscription that is refused", async () => {
  await using bench = createBench();
  const refusal = async (params: Record<string, unknown>, more: object = { extensions }) => {
    const response = await bench.send("modern", "subscriptions/listen", params, more);
    return [response.status, (await response.json()).error.code];
  };
  const notifications = { taskIds: ["x"] };
  assert.deepEqual(await refusal({ notifications }, {}), [400, -32021]);
  assert.deepEqual(await refusal({ notifications: { taskIds: "x" } }), [400, -32602]);
  const many = Array.from({ length: 101 }, String);
  assert.deepEqual(await refusal({ notifications: { taskIds: many } }), [400, -32602]);
  assert.deepEqual(await refusal({}), [200, -32602]);
  const headers = { "mcp-method": "tools/list" };
  assert.deepEqual(await refusal({ notifications }, { extensions, headers }), [400, -32020]);
  const { error } = await bench.ask("legacy", "subscriptions/listen", { notifications });
  assert.equal(error.code, -32601);
});
