import assert from "node:assert/strict";
import { createTestGateway, THREE_STEPS, YAML_ENV } from "../testing/test_gateway.ts";

const TOOLS = `
tools:
  - name: my_tool
    description: Process data
    parameters:
      input: { type: string, required: true }
      mode:  { type: string, options: [fast, good], default: fast }
      count: { type: number, default: 5 }
      top_k: { type: integer, default: 3 }
      tags:  { type: array, items: { type: string } }
      opts:  { type: object, properties: { temperature: { type: number, default: 0.7 } } }
    route: [parser]
    metadata: { team: ml }
  - name: open
    inputSchema: { type: object, additionalProperties: { type: number } }
    route: [parser]
  - name: patient
    wait: always
    timeout: 60
    route: [parser]
  - name: promising
    wait: always
    timeout: 60
    outputSchema: { type: object, required: [n], properties: { n: { type: integer } } }
    route: [parser]
`;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: { env: YAML_ENV }, fn });
}

test("a call is answered with the job's id and where to follow it", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const response = await bench.post("/tools/call", { name: "my_tool", arguments: { input: "x" } });
  const { content, structuredContent, isError } = await response.json();
  const id = structuredContent.job_id;
  assert.equal(isError, undefined);
  assert.deepEqual(structuredContent, {
    job_id: id,
    status_url: `http://127.0.0.1:8080/jobs/${id}`,
    stream_url: `http://127.0.0.1:8080/jobs/${id}/stream`,
    metadata: { team: "ml" },
  });
  assert.match(content[0].text, new RegExp(`^Job created successfully with ID: ${id}\n`));
  assert.equal((await bench.get(new URL(structuredContent.status_url).pathname)).status, 200);
});

test("callers may know the gateway by another URL", async () => {
  const bench = createTestGateway({
    tools: TOOLS,
    env: { ASYA_PUBLIC_URL: "https://a.example/x/" },
  });
  const response = await bench.post("/tools/call", { name: "my_tool", arguments: { input: "x" } });
  const { structuredContent } = await response.json();
  assert.match(structuredContent.status_url, /^https:\/\/a\.example\/x\/jobs\//);
});

test("defaults are filled in, nested ones too", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const id = await bench.call("my_tool", { input: "x", top_k: 9 });
  const { payload } = await (await bench.get(`/jobs/${id}`)).json();
  assert.deepEqual(payload, {
    input: "x",
    top_k: 9,
    mode: "fast",
    count: 5,
    opts: { temperature: 0.7 },
  });
});

test("[G7] wrong arguments are an error of the tool that names each of them", async () => {
  const rows: [object, RegExp][] = [
    [{}, /"input" is missing/],
    [{ input: 7 }, /"input" is 7; string is allowed/],
    [{ input: "x", mode: "slow" }, /"mode" is "slow"; "fast" or "good" is allowed/],
    [{ input: "x", count: "5" }, /"count" is "5"; number is allowed/],
    [{ input: "x", top_k: 1.5 }, /"top_k" is 1.5; integer is allowed/],
    [{ input: "x", tags: ["a", 1] }, /"tags\[1\]" is 1; string is allowed/],
    [{ input: "x", opts: { temperature: "hot" } }, /"opts.temperature" is "hot"/],
    [{ input: "x", opts: { warmth: 1 } }, /"opts.warmth" is unknown/],
    [{ input: "x", extra: 1 }, /"extra" is unknown/],
    [{ input: 7, extra: 1 }, /"extra" is unknown; .*"input" is 7/],
  ];
  const bench = createTestGateway({ tools: TOOLS });
  for (const [args, expected] of rows) {
    const response = await bench.post("/tools/call", { name: "my_tool", arguments: args });
    const result = await response.json();
    assert.equal(response.status, 200);
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, expected);
  }
  assert.equal(bench.sent.length, 0);
  assert.equal(bench.eventsOf("call_refused").length, rows.length);
});

test("[G7] a schema that allows further arguments gets them", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  await bench.call("open", { a: 1, b: 2 });
  const response = await bench.post("/tools/call", { name: "open", arguments: { a: "x" } });
  assert.equal((await response.json()).isError, true);
});

test("what is no call is 400, an unknown tool 404, a full store 503, too large a body 413", async () => {
  const env = { ASYA_MEMORY_MAX_JOBS: "1", ASYA_MAX_BODY_BYTES: "2000" };
  const bench = createTestGateway({ tools: TOOLS, env });
  const good = { name: "my_tool", arguments: { input: "x" } };
  const rows: [unknown, number][] = [
    ["not json", 400],
    ["", 400],
    ["null", 400],
    [[good], 400],
    [{ arguments: {} }, 400],
    [{ name: 7 }, 400],
    [{ ...good, arguments: [] }, 400],
    [{ ...good, arguments: null }, 400],
    [{ ...good, name: "nothing" }, 404],
    [{ ...good, name: "__proto__" }, 404],
    [{ ...good, arguments: { input: "x".repeat(2_000) } }, 413],
    ["[".repeat(1_990), 400],
    [good, 200],
    [good, 503],
  ];
  for (const [body, status] of rows) {
    const response = await bench.post("/tools/call", body);
    const answer = await response.json();
    assert.equal(response.status, status, JSON.stringify(body).slice(0, 80));
    if (status !== 200) assert.equal(typeof answer.error, "string");
    assert.equal(response.headers.get("retry-after"), status === 503 ? "1" : null);
  }
});

test("a store in memory that is full of bytes refuses calls", async () => {
  const bench = createTestGateway({ tools: TOOLS, env: { ASYA_MEMORY_MAX_BYTES: "1KiB" } });
  const good = { name: "my_tool", arguments: { input: "x".repeat(2_000) } };
  assert.equal((await bench.post("/tools/call", good)).status, 200);
  const refused = await bench.post("/tools/call", good);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(bench.eventsOf("call_refused")[0]?.reason, "full");
});

test("a body without a declared length is read no further than allowed", async () => {
  const bench = createTestGateway({ tools: TOOLS, env: { ASYA_MAX_BODY_BYTES: "2000" } });
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1_000).fill(0x20));
    },
  });
  const response = await bench.gateway.fetch(
    new Request("http://127.0.0.1/tools/call", {
      method: "POST",
      headers: { host: "127.0.0.1" },
      body,
    }),
  );
  assert.equal(response.status, 413);
  assert(pulled < 10, `${pulled} chunks were read`);
});

test("a message over the limit of queues is an error of the tool, and no job", async () => {
  const env = { ASYA_MAX_MESSAGE_BYTES: "1024" };
  const bench = createTestGateway({ tools: TOOLS, env });
  const args = { input: "x".repeat(1_000) };
  const result = await (await bench.post("/tools/call", { name: "my_tool", arguments: args }))
    .json();
  assert.equal(result.isError, true);
  assert.match(result.content[0].text, /bytes; 1024 are allowed/);
  assert.deepEqual((await (await bench.get("/jobs")).json()).jobs, []);
});

test("a tool that always waits answers with its result", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const finish = async (report: object) => {
    const answered = bench.post("/tools/call", { name: "patient" });
    await bench.clock.pass(0);
    const { jobs: [job] } = await (await bench.get("/jobs")).json();
    await bench.post(`/jobs/${job.id}/final`, report);
    return await (await answered).json();
  };
  assert.deepEqual(await finish({ status: "succeeded", result: { n: 1 } }), {
    content: [{ type: "text", text: '{"n":1}' }],
    structuredContent: { n: 1 },
  });
  assert.deepEqual(await finish({ status: "succeeded", result: "text" }), {
    content: [{ type: "text", text: "text" }],
    structuredContent: { result: "text" },
  });
  const failed = await finish({
    status: "failed",
    error: "processing_error",
    error_details: { message: "the page is blank" },
  });
  assert.equal(failed.isError, true);
  assert.match(failed.content[0].text, /failed: processing_error: the page is blank$/);
});

test("a result that is not what the tool promises is an error", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const answered = bench.post("/tools/call", { name: "promising" });
  await bench.clock.pass(0);
  const { jobs: [job] } = await (await bench.get("/jobs")).json();
  await bench.post(`/jobs/${job.id}/final`, { status: "succeeded", result: { n: "one" } });
  const result = await (await answered).json();
  assert.equal(result.isError, true);
  assert.match(result.content[0].text, /result "n" is "one"; integer is allowed/);
});

test("a gateway that stops lets waiting callers go with the job's id", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const answered = bench.post("/tools/call", { name: "patient" });
  await bench.clock.pass(0);
  bench.gateway.release();
  const { structuredContent } = await (await answered).json();
  assert.equal((await bench.get(`/jobs/${structuredContent.job_id}/active`)).status, 200);
  assert.equal((await bench.get("/readyz")).status, 503);
});

test("tools are listed in the order of their file, the built-in one last", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  const { tools } = await (await bench.get("/tools")).json();
  assert.deepEqual(tools.map(({ name }: { name: string }) => name), [
    "my_tool",
    "open",
    "patient",
    "promising",
    "asya_job",
  ]);
  assert.equal(tools[0].inputSchema.additionalProperties, false);
  const without = createTestGateway({ tools: TOOLS, env: { ASYA_JOB_TOOL: "no" } });
  const listed = await (await without.get("/tools")).json();
  assert.equal(listed.tools.length, 4);
});

test("echo answers by itself, as a job that has ended", async () => {
  const bench = createTestGateway();
  const id = await bench.call("echo", { message: "hi" });
  const job = await (await bench.get(`/jobs/${id}`)).json();
  assert.deepEqual([job.status, job.result], ["Succeeded", { message: "hi" }]);
  assert.equal(bench.sent.length, 0);
  const wrong = await bench.post("/tools/call", { name: "echo", arguments: {} });
  assert.match((await wrong.json()).content[0].text, /"message" is missing/);
});

test("asya_job reads, cancels and waits for a job", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const ask = async (args: object) => {
    const response = await bench.post("/tools/call", { name: "asya_job", arguments: args });
    return await response.json();
  };
  assert.equal((await ask({ job_id: id })).structuredContent.status, "Pending");
  const waiting = ask({ job_id: id, action: "wait" });
  await bench.clock.pass(0);
  assert.equal((await ask({ job_id: id, action: "cancel" })).structuredContent.status, "Failed");
  assert.equal((await waiting).structuredContent.error, "job cancelled");
  assert.equal((await ask({ job_id: id, action: "wait" })).structuredContent.status, "Failed");
  assert.match((await ask({ job_id: "x" })).content[0].text, /no job "x"/);
  assert.match((await ask({ job_id: id, action: "eat" })).content[0].text, /"action" is "eat"/);
  assert.match((await ask({})).content[0].text, /"job_id" is missing/);
});

test("asya_job waits no longer than it is told", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const args = { job_id: id, action: "wait", timeout_seconds: 0.05 };
  const response = await bench.post("/tools/call", { name: "asya_job", arguments: args });
  assert.equal((await response.json()).structuredContent.status, "Pending");
});

test("good new tools take the place of the old, bad ones do not", async () => {
  const bench = createTestGateway({ tools: TOOLS });
  bench.gateway.replaceTools({ ok: false, problems: ["tools.yaml:1:1: bad"] });
  await bench.call("my_tool", { input: "x" });
  assert.deepEqual(bench.eventsOf("tools_refused"), [
    { kind: "tools_refused", problems: ["tools.yaml:1:1: bad"] },
  ]);
  bench.gateway.replaceTools({ ok: true, tools: [] });
  assert.equal((await bench.post("/tools/call", { name: "my_tool" })).status, 404);
});
