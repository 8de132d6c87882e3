/**
 * Traces of whole jobs, as a collector gets them from a mesh that is told of one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GatewayClient, startOtlpReceiver, TestMesh } from "../kit/mod.ts";
import { drawTrace } from "./tracing/draw_trace.ts";
import { FAILURE, FAN_OUT, PLAIN, RETRY } from "./tracing/expected.ts";

const MESH = `
name: traced
actors:
  - { name: split, handler: "./traced.ts#split" }
  - { name: work, handler: "./traced.ts#work", concurrency: 2, retry: { attempts: 2, base: 50ms } }
  - { name: merge, join: true }
tools:
  - name: papers
    parameters: { branches: { type: integer } }
    route: [split, work, { join: merge }]
    wait: always
  - name: work
    parameters: { fails: { type: string } }
    route: [work]
`;

/** The traces that callers began. */
const CALLER = "b".repeat(16);
const traceIdOf = (number: number) => String(number).padStart(32, "0");
const traceparentOf = (number: number, flags = "01") =>
  `00-${traceIdOf(number)}-${CALLER}-${flags}`;

/** A job that is over, and its trace. */
interface Story {
  readonly jobId: string;
  readonly traceId: string;
}

Deno.test("[Z2] [Z3] [Z5] a call is one trace, from its request to its final report", async (t) => {
  await using otlp = startOtlpReceiver();
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    // Deno may hang in its last export where one of metrics is under way.
    telemetry: { ...otlp.env, OTEL_DENO_METRICS: "false" },
  });
  const stories = {
    fanOut: await callOverMcp(mesh, "papers", { branches: 2 }, { traceparent: traceparentOf(1) }),
    retry: await callOverMcp(mesh, "work", { fails: "once" }, {}, traceparentOf(2)),
    failure: await callOverRest(mesh, "work", { fails: "always" }, traceparentOf(3)),
    plain: await callOverRest(mesh, "work", {}, undefined),
    unsampled: await callOverRest(mesh, "work", {}, traceparentOf(5, "00")),
  };
  assert.equal(stories.fanOut.traceId, traceIdOf(1));
  assert.equal(stories.retry.traceId, traceIdOf(2));
  // Each program sends what it has left when it ends.
  await mesh.stop();
  const draw = ({ traceId, jobId }: Story) => drawTrace(otlp.trace(traceId), jobId);

  await t.step("a call over MCP, with branches and a join", () => {
    assert.equal(draw(stories.fanOut), FAN_OUT);
  });
  await t.step("a try that fails, and the next one, which is linked to it", () => {
    assert.equal(draw(stories.retry), RETRY);
    const [call] = otlp.trace(stories.retry.traceId).filter(({ links }) => links.length > 0);
    const [request, ...others] = otlp.spans.filter(({ spanId }) =>
      spanId === call?.links[0]?.spanId
    );
    assert.deepEqual([request?.name, others.length], ["POST /mcp", 0]);
  });
  await t.step("work that is given up", () => assert.equal(draw(stories.failure), FAILURE));
  await t.step("a call over REST by a caller without a trace", () => {
    assert.equal(draw(stories.plain), PLAIN);
  });
  await t.step("[Z3] a caller who does not record is followed by nobody", () => {
    assert.deepEqual(otlp.trace(traceIdOf(5)), []);
  });
  await t.step("a wait in a queue ends where the work begins", () => {
    const waits = otlp.spans.filter(({ name }) => name.startsWith("receive "));
    for (const wait of waits) {
      const work = otlp.spans.find(({ parentId, name }) =>
        parentId === wait.parentId && name === wait.name.replace("receive", "process")
      );
      assert.equal(wait.endMs, work?.startMs, wait.name);
    }
    assert.equal(waits.length, 14);
  });
  await t.step("[Z4] of what else happens, only requests make spans, and none stays open", () => {
    const jobs = new Set(Object.values(stories).map(({ traceId }) => traceId));
    const others = otlp.spans.filter(({ traceId }) => !jobs.has(traceId));
    assert.deepEqual([...new Set(others.map(({ kind, name }) => `${kind} ${name}`))].sort(), [
      "server GET /jobs",
      "server GET /jobs/{id}",
      "server GET /jobs/{id}/stream",
      "server GET /readyz",
      "server POST /mcp",
    ]);
  });
  await t.step("[N5] log records and lines name their trace", () => {
    const said = otlp.logs.filter(({ body }) => body.startsWith("at work"));
    const spans = new Map(otlp.spans.map((span) => [span.spanId, span]));
    const byTrace = Object.values(stories).map(({ traceId }) =>
      said.filter((log) => log.traceId === traceId)
    );
    assert.deepEqual(byTrace.map(({ length }) => length), [2, 2, 1, 1, 1]);
    for (const { spanId = "" } of byTrace.slice(0, 4).flat()) {
      assert.equal(spans.get(spanId)?.name, "execute work");
    }
    const traces = new Map(Object.values(stories).map(({ jobId, traceId }) => [jobId, traceId]));
    const lines = otlp.logs.filter(({ body }) => body.includes('"job_id"')).map(({ body }) =>
      JSON.parse(body)
    );
    assert(lines.length >= 4, JSON.stringify(lines));
    for (const line of lines) assert.equal(line.trace_id, traces.get(line.job_id), line.message);
  });
});

/** Calls a tool over MCP, and follows its job to the end. */
async function callOverMcp(
  mesh: TestMesh,
  name: string,
  args: object,
  headers: Record<string, string>,
  traceparent?: string,
): Promise<Story> {
  const _meta = traceparent === undefined ? {} : { traceparent };
  const params = { name, arguments: args, _meta };
  const response = await fetch(`${mesh.gatewayUrl}/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params }),
  });
  const text = await response.text();
  const { result } = JSON.parse(text.match(/^data: (.*)$/m)?.[1] ?? text);
  return await follow(mesh, result.structuredContent.job_id);
}

/** Calls a tool over REST, and follows its job to the end. */
async function callOverRest(
  mesh: TestMesh,
  name: string,
  args: object,
  traceparent: string | undefined,
): Promise<Story> {
  const response = await fetch(`${mesh.gatewayUrl}/tools/call`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(traceparent && { traceparent }) },
    body: JSON.stringify({ name, arguments: args }),
  });
  return await follow(mesh, (await response.json()).structuredContent.job_id);
}

async function follow(mesh: TestMesh, known: string | undefined): Promise<Story> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const [newest] = await gateway.jobs();
  const jobId = known ?? newest?.id ?? "";
  await gateway.updates(jobId, AbortSignal.timeout(30_000));
  const { trace_id: traceId } = await gateway.job(jobId) as unknown as { trace_id: string };
  return { jobId, traceId };
}
