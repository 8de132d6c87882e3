import assert from "node:assert/strict";
import { poll } from "../../tests/kit/poll.ts";
import { McpBench } from "../../tests/kit/mcp_bench.ts";

const TOOLS = `
tools:
  - name: scan
    description: Reads a page
    parameters: { page: { type: integer, required: true } }
    route: [ocr, classify]
  - name: patient
    route: [ocr]
    wait: always
  - name: brief
    route: [ocr]
    wait: never
  - name: promising
    route: [ocr]
    outputSchema:
      type: object
      required: [n]
      properties: { n: { $ref: "#/$defs/count" } }
      $defs: { count: { type: integer } }
  - name: listing
    route: [ocr]
    wait: always
    outputSchema: { type: array, items: { type: integer } }
`;

const createBench = () => new McpBench({ tools: TOOLS });

interface Note {
  readonly progress: number;
  readonly message?: string | undefined;
}

for (const mode of ["legacy", "modern"] as const) {
  Deno.test(`[G6] mcp, ${mode}: the official client lists the tools, in order`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), [
      "scan",
      "patient",
      "brief",
      "promising",
      "listing",
      "asya_job",
    ]);
    assert.equal(tools[0]?.description, "Reads a page");
    assert.deepEqual(tools[0]?.inputSchema.required, ["page"]);
    assert.deepEqual(client.getServerCapabilities(), {
      tools: { listChanged: true },
      ...(mode === "modern"
        ? { extensions: { "io.modelcontextprotocol/tasks": {} } }
        : { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } }),
    });
    assert.equal(client.getServerVersion()?.name, "asya-gateway");
    assert.match(client.getInstructions() ?? "", /asya_job/);
  });

  Deno.test(`[G6] mcp, ${mode}: a call without interest is answered with the job's id`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const result = await client.callTool({ name: "scan", arguments: { page: 3 } });
    const { job_id: id, status_url: url } = result.structuredContent as Record<string, string>;
    assert.equal(url, `${bench.url}/jobs/${id}`);
    const job = await (await fetch(url ?? "")).json();
    assert.deepEqual(job.payload, { page: 3 });
  });

  Deno.test(`[G6] mcp, ${mode}: a call with progress rises to its result`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const notes: Note[] = [];
    const called = client.callTool({ name: "scan", arguments: { page: 3 } }, {
      onprogress: ({ progress, message }) => notes.push({ progress, message }),
    });
    const id = await bench.activeJob();
    await bench.progress(id, 0, "received");
    for (const [seq, partial] of ["Once ", "upon ", { a: "time" }].entries()) {
      await bench.progress(id, 0, "processing", { partial, seq });
    }
    await bench.progress(id, 0, "received");
    await bench.progress(id, 1, "completed");
    await bench.finish(id, { status: "succeeded", result: { kind: "letter" } });
    const result = await called;
    assert.deepEqual(result.structuredContent, { kind: "letter" });
    assert.deepEqual(result.content, [{ type: "text", text: '{"kind":"letter"}' }]);
    const [first] = notes;
    assert.equal(first?.message, `job ${id} was created`);
    const messages = notes.map(({ message }) => message);
    for (const expected of ["received: ocr", "Once ", "upon ", '{"a":"time"}']) {
      assert(messages.includes(expected), `${expected} in ${messages.join(" | ")}`);
    }
    notes.forEach((note, index) => {
      assert(index === 0 || note.progress > (notes[index - 1]?.progress ?? 0), "it rises");
      assert(note.progress <= 100.1);
    });
  });

  Deno.test(`[G6] mcp, ${mode}: a failed job is an error of the tool`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const called = client.callTool({ name: "patient", arguments: {} });
    await bench.finish(await bench.activeJob(), { status: "failed", error: "out of ink" });
    const result = await called;
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.content), /out of ink/);
  });

  Deno.test(`[G7] mcp, ${mode}: wrong arguments are an error that names them`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const result = await client.callTool({ name: "scan", arguments: { page: "x", size: 1 } });
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.content), /page.*is.*x.*integer/);
    assert.match(JSON.stringify(result.content), /size.*is unknown/);
    await assert.rejects(client.callTool({ name: "nothing", arguments: {} }), /no tool named/);
  });

  Deno.test(`mcp, ${mode}: a tool that never waits does not, whatever is asked`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    const result = await client.callTool({ name: "brief", arguments: {} }, { onprogress() {} });
    assert.equal(typeof (result.structuredContent as { job_id?: string }).job_id, "string");
  });

  Deno.test(`mcp, ${mode}: a promised schema holds for results and for ids`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    await client.listTools(); // from here on the client checks results itself
    const handle = await client.callTool({ name: "promising", arguments: {} });
    await bench.finish(await bench.activeJob(), { status: "succeeded", result: { n: 1 } });
    assert.equal(typeof (handle.structuredContent as { job_id?: string }).job_id, "string");
    const called = client.callTool({ name: "promising", arguments: {} }, { onprogress() {} });
    await bench.finish(await bench.activeJob(), { status: "succeeded", result: { n: 2 } });
    assert.deepEqual((await called).structuredContent, { n: 2 });
    const wrong = client.callTool({ name: "promising", arguments: {} }, { onprogress() {} });
    await bench.finish(await bench.activeJob(), { status: "succeeded", result: { n: "x" } });
    assert.equal((await wrong).isError, true);
  });

  Deno.test(`mcp, ${mode}: a result that is a list`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    await client.listTools();
    const called = client.callTool({ name: "listing", arguments: {} });
    await bench.finish(await bench.activeJob(), { status: "succeeded", result: [1, 2] });
    const { structuredContent } = await called;
    assert.deepEqual(structuredContent, mode === "legacy" ? { result: [1, 2] } : [1, 2]);
  });

  Deno.test(`mcp, ${mode}: asya_job waits for a job, with progress`, async () => {
    await using bench = createBench();
    const client = await bench.connect(mode);
    await client.callTool({ name: "scan", arguments: { page: 1 } });
    const id = await bench.activeJob();
    const notes: Note[] = [];
    const called = client.callTool(
      { name: "asya_job", arguments: { job_id: id, action: "wait" } },
      { onprogress: (note) => notes.push(note) },
    );
    await bench.progress(id, 0, "received");
    await bench.finish(id, { status: "succeeded", result: { n: 1 } });
    const job = (await called).structuredContent as { status: string; result: unknown };
    assert.deepEqual([job.status, job.result], ["Succeeded", { n: 1 }]);
  });
}

Deno.test("mcp: who goes away from a waiting call cancels it in the newer revision only", async () => {
  for (const mode of ["legacy", "modern"] as const) {
    for (const name of ["patient", "scan"]) {
      await using bench = createBench();
      const client = await bench.connect(mode);
      const leave = new AbortController();
      const called = client.callTool({ name, arguments: name === "scan" ? { page: 1 } : {} }, {
        signal: leave.signal,
        ...(name === "scan" && { onprogress() {} }),
      });
      const id = await bench.activeJob();
      leave.abort();
      await assert.rejects(called);
      await client.close();
      if (mode === "modern") {
        await poll("the job to be cancelled", async () => {
          const job = await (await bench.test.get(`/jobs/${id}`)).json();
          return job.error === "job cancelled";
        });
      } else {
        await bench.progress(id, 0, "received");
        const job = await (await bench.test.get(`/jobs/${id}`)).json();
        assert.equal(job.status, "Running");
      }
    }
  }
});

Deno.test("mcp: a gateway that stops lets waiting clients go, and their jobs live", async () => {
  await using bench = createBench();
  const client = await bench.connect("modern");
  const called = client.callTool({ name: "patient", arguments: {} });
  const id = await bench.activeJob();
  bench.test.gateway.release();
  assert.equal(((await called).structuredContent as { job_id: string }).job_id, id);
  assert.equal((await bench.test.get(`/jobs/${id}/active`)).status, 200);
});

Deno.test("[G6] mcp: raw requests of every revision", async () => {
  await using bench = createBench();
  const accept = "application/json, text/event-stream";
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${bench.url}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", accept, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  for (const protocolVersion of ["2025-03-26", "2025-06-18", "2025-11-25"]) {
    const clientInfo = { name: "raw", version: "1" };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    const response = await ask({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    assert.match(await response.text(), new RegExp(`"protocolVersion":"${protocolVersion}"`));
  }
  const listed = await ask({ jsonrpc: "2.0", id: 2, method: "tools/list" });
  assert.match(await listed.text(), /"name":"scan"/);

  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const modern = (method: string, params: object = {}) =>
    ask({ jsonrpc: "2.0", id: 3, method, params: { ...params, _meta: meta } }, {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...("name" in params && { "mcp-name": String(params.name) }),
    });
  const discovered = await (await modern("server/discover")).json();
  assert.deepEqual(discovered.result.capabilities.tools, { listChanged: true });
  const tools = await (await modern("tools/list")).json();
  assert.equal(tools.result.tools.length, 6);
  const called = await modern("tools/call", { name: "scan", arguments: { page: 1 } });
  assert.match((await called.json()).result.content[0].text, /^Job created successfully/);

  const removed = await fetch(`${bench.url}/mcp`, { method: "DELETE", headers: { accept } });
  await removed.body?.cancel();
  assert.equal(removed.status, 405);
  for (const [body, status] of [["{", 400], ["", 400], ["[".repeat(5_000), 400]] as const) {
    const response = await ask(body);
    assert.equal((await response.json()).error.code, -32700);
    assert.equal(response.status, status);
  }
});

Deno.test("mcp: a caller's trace goes on into the job's message", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const tracestate = "vendor=x";
  const params = { name: "scan", arguments: { page: 1 } };
  await using bench = createBench();
  await bench.ask("legacy", "tools/call", params, { headers: { traceparent, tracestate } });
  await bench.ask("modern", "tools/call", params, { meta: { traceparent, tracestate } });
  await bench.ask("modern", "tools/call", params, { meta: { tracestate } });
  await poll("three messages", () => bench.test.sent.length === 3);
  const [legacy, modern, none] = bench.test.sent.map(({ headers }) => headers);
  assert.deepEqual(legacy, { traceparent, tracestate });
  assert.deepEqual(modern, { traceparent, tracestate });
  assert.match(String(none?.traceparent), /^00-.*-00$/);
  assert.equal(none?.tracestate, undefined);
});

Deno.test("mcp: an agent is told to follow jobs by what there is", async () => {
  for (
    const [env, expected] of [
      [{}, /with the tool asya_job/],
      [{ ASYA_JOB_TOOL: "false" }, /from status_url/],
    ] as const
  ) {
    await using bench = new McpBench({ tools: TOOLS, env });
    const { result } = await bench.ask("modern", "server/discover");
    assert.match(result.instructions, expected);
  }
});

Deno.test("mcp: a batch is refused for its length before its messages are looked at", async () => {
  await using bench = createBench();
  const ask = (length: number) =>
    fetch(`${bench.url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body: JSON.stringify(Array(length).fill({ jsonrpc: "2.0", method: "notifications/x" })),
    });
  const allowed = await ask(100);
  await allowed.body?.cancel();
  assert.equal(allowed.status, 202);
  const refused = await ask(101);
  assert.equal(refused.status, 400);
  assert.deepEqual((await refused.json()).error, {
    code: -32600,
    message: "the batch has 101 messages; at most 100 are allowed",
  });
});
