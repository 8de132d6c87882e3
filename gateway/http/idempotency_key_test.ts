import assert from "node:assert/strict";
import {
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  YAML_ENV,
} from "../testing/test_gateway.ts";

const TOOLS = `
tools:
  - { name: scan, route: [a], inputSchema: { type: object, additionalProperties: true } }
  - { name: other, route: [a], inputSchema: { type: object, additionalProperties: true } }
  - { name: strict, route: [a], parameters: { n: { type: integer, default: 1 } } }
  - { name: patient, route: [a], wait: always, timeout: 60 }
`;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `[G12] ${name}`, permissions: { env: YAML_ENV }, fn });
}

function createBench(more: TestGatewayOptions = {}) {
  const bench = createTestGateway({ tools: TOOLS, ...more });
  const call = async (key: string, name = "scan", args: object = {}, more = {}) => {
    const headers = { "idempotency-key": key, ...more };
    const response = await bench.post("/tools/call", { name, arguments: args }, headers);
    const answer = await response.json();
    return { status: response.status, answer, id: answer.structuredContent?.job_id };
  };
  return { ...bench, call };
}

async function countJobs(bench: Pick<TestGateway, "get">): Promise<number> {
  return (await (await bench.get("/jobs")).json()).jobs.length;
}

test("the same key gives the same answer, and the job's message is sent once", async () => {
  const bench = createBench();
  const first = await bench.call("k", "scan", { a: 1, b: { c: 2, d: 3 } });
  const again = await bench.call("k", "scan", { b: { d: 3, c: 2 }, a: 1 });
  assert.equal(first.status, 200);
  assert.deepEqual(again, first);
  await bench.clock.pass(0);
  assert.equal(bench.sent.length, 1);
  assert.equal(bench.eventsOf("job_created").length, 1);
  assert.deepEqual(bench.eventsOf("call_repeated"), [{ kind: "call_repeated", tool: "scan" }]);
});

test("calls at once with one key are one job", async () => {
  const bench = createBench();
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.call("k")));
  assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
  assert.equal(await countJobs(bench), 1);
});

test("another call under a known key is refused in words", async () => {
  const bench = createBench();
  await bench.call("k", "scan", { a: 1 });
  for (const [name, args] of [["scan", { a: 2 }], ["other", { a: 1 }], ["scan", {}]] as const) {
    const { status, answer } = await bench.call("k", name, args);
    assert.equal(status, 422, name);
    assert.match(answer.error, /belongs to another call.*a new call needs a new key$/);
  }
  assert.deepEqual(bench.eventsOf("call_refused").map(({ reason }) => reason), [
    "key_reused",
    "key_reused",
    "key_reused",
  ]);
  assert.equal(await countJobs(bench), 1);
});

test("a key that no job was made for is free", async () => {
  const bench = createBench();
  assert.equal((await bench.call("k", "strict", { n: "x" })).answer.isError, true);
  assert.equal((await bench.call("k", "nothing")).status, 404);
  assert.notEqual((await bench.call("k", "strict", { n: 2 })).id, undefined);
});

test("what is said by leaving out is not the same as what is said", async () => {
  const bench = createBench();
  const { id } = await bench.call("k", "strict");
  assert.equal((await bench.call("k", "strict")).id, id);
  assert.equal((await bench.call("k", "strict", { n: 1 })).status, 422);
});

test("each caller has keys of their own", async () => {
  const bench = createBench({
    env: { ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one,you=two,me2=three" },
  });
  const as = async (token: string) =>
    (await bench.call("k", "scan", {}, { authorization: `Bearer ${token}` })).id;
  const ids = [await as("one"), await as("two"), await as("three")];
  assert.equal(new Set(ids).size, 3);
  assert.equal(await as("two"), ids[1]);
});

test("a call that waits gets the end of the job that its key has", async () => {
  const bench = createBench();
  const calls = [bench.call("k", "patient"), bench.call("k", "patient")];
  await bench.clock.pass(0);
  const { jobs } = await (await bench.get("/jobs")).json();
  assert.equal(jobs.length, 1);
  await bench.post(`/jobs/${jobs[0].id}/final`, { status: "succeeded", result: { n: 1 } });
  calls.push(bench.call("k", "patient"));
  for (const { answer } of await Promise.all(calls)) {
    assert.deepEqual(answer.structuredContent, { n: 1 });
  }
});

test("a known key is answered by a gateway that takes no more jobs", async () => {
  const bench = createBench({ env: { ASYA_MEMORY_MAX_JOBS: "1" } });
  const { id } = await bench.call("k");
  assert.equal((await bench.call("l")).status, 503);
  assert.equal((await bench.call("k")).id, id);
});

test("a job that needs no actor is kept under its key", async () => {
  const bench = createTestGateway();
  const call = async () => {
    const body = { name: "echo", arguments: { message: "hi" } };
    const response = await bench.post("/tools/call", body, { "idempotency-key": "k" });
    return (await response.json()).structuredContent.job_id;
  };
  assert.equal(await call(), await call());
  assert.equal(bench.eventsOf("job_ended").length, 1);
});

test("keys are 1 to 255 visible characters, over MCP too", async () => {
  const bench = createBench();
  const rows: [string, number][] = [
    ["k", 200],
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', 200],
    ["~".repeat(255), 200],
    ["~".repeat(256), 400],
    ["", 400],
    ["a b", 400],
    ["a\tb", 400],
    ["\u00e9", 400],
  ];
  for (const [key, status] of rows) {
    const { status: got, answer } = await bench.call(key);
    assert.equal(got, status, JSON.stringify(key));
    if (status === 400) {
      assert.match(answer.error, /^Idempotency-Key is .*1 to 255 visible characters of ASCII/);
    }
    const mcp = await bench.post("/mcp", {}, { "idempotency-key": key });
    const { error } = await mcp.json();
    assert.equal(/Idempotency-Key/.test(error.message), status === 400, JSON.stringify(key));
  }
});

test("the header counts for calls over MCP", async () => {
  const bench = createBench();
  const call = async (key: string, args: object = {}) => {
    const response = await bench.post("/mcp", {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "scan", arguments: args },
    }, {
      "idempotency-key": key,
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-06-18",
    });
    const text = await response.text();
    return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
  };
  const { result } = await call("k");
  const { job_id: id } = result.structuredContent;
  assert.equal((await call("k")).result.structuredContent.job_id, id);
  assert.equal((await bench.call("k")).id, id);
  assert.notEqual((await call("l")).result.structuredContent.job_id, id);
  const { error } = await call("k", { a: 1 });
  assert.equal(error.code, -32602);
  assert.match(error.message, /belongs to another call/);
});
