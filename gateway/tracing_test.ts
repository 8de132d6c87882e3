/**
 * Spans that the gateway makes, by a double of the platform that starts and names the request's own
 * span as Deno does.
 *
 * @module
 */
import { formatTraceparent, parseTraceparent } from "@asya/program";
import assert from "node:assert/strict";
import { type RecordedSpan, RecordedTracing } from "../tests/kit/recorded_tracing.ts";
import { createTestGateway, THREE_STEPS, YAML_ENV } from "./testing/test_gateway.ts";

/** Tests of the core: its YAML library looks at two variables. */
const test = (name: string, body: () => Promise<void>) =>
  Deno.test(name, { permissions: { env: YAML_ENV } }, body);

const told = { traceId: "a".repeat(32), spanId: "b".repeat(16), flags: 1 };

/** A gateway whose requests have a span of the platform, part of the trace that they tell of. */
function createBench(options: { flags?: number; unroutable?: boolean; tools?: string } = {}) {
  const tracing = new RecordedTracing(options.flags);
  const bench = createTestGateway({
    tools: options.tools ?? THREE_STEPS,
    env: { ASYA_ROUTE_WAIT: "1s" },
    outcome: () => options.unroutable ? "unroutable" : "confirmed",
    tracing,
  });
  const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const headers = { host: "127.0.0.1", "content-type": "application/json", ...more };
    const parent = parseTraceparent(more.traceparent);
    const span = tracing.start(method, { kind: "server", parent });
    const request = new Request(`http://127.0.0.1:8080${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return span.run(async () => {
      const response = await bench.gateway.fetch(request);
      span.end();
      await bench.clock.pass(0);
      return response;
    });
  };
  const call = async (more: Record<string, string> = {}): Promise<string> => {
    const response = await ask("POST", "/tools/call", { name: "scan" }, more);
    return (await response.json()).structuredContent.job_id;
  };
  const mcp = async (method: string, params: object) => {
    const headers = { "mcp-protocol-version": "2025-11-25", accept: MCP_TYPES };
    return await ask("POST", "/mcp", { jsonrpc: "2.0", id: "r7", method, params }, headers);
  };
  return { ...bench, tracing, ask, call, mcp };
}

const MCP_TYPES = "application/json, text/event-stream";

/** The trace header of the message that was sent last. */
function lastSent({ sent }: Pick<ReturnType<typeof createBench>, "sent">): string | undefined {
  return sent.at(-1)?.headers?.traceparent;
}

test("[Z2] a call over REST is the request, and in it the message on its way", async () => {
  const bench = createBench();
  const id = await bench.call({ traceparent: formatTraceparent(told), tracestate: "vendor=x" });
  const [request, send, ...more] = bench.tracing.spans;
  assert.deepEqual(more, []);
  assert.equal(request?.name, "POST /tools/call");
  assert.equal(request?.parentId, told.spanId);
  assert.deepEqual(request?.attributes, {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "scan",
    "http.route": "/tools/call",
  });
  const [message] = bench.sent;
  assert.deepEqual(send, {
    name: "send a",
    kind: "producer",
    context: { ...told, spanId: send?.context.spanId },
    parentId: request?.context.spanId,
    links: [],
    startMs: undefined,
    attributes: {
      "messaging.system": "sqlite",
      "messaging.operation.type": "send",
      "messaging.operation.name": "send",
      "messaging.destination.name": "a",
      "messaging.message.conversation_id": id,
      "messaging.message.id": message?.messageId,
      "messaging.message.body.size": message?.body.length,
    },
    problem: undefined,
    hasEnded: true,
  });
  assert.deepEqual(message?.headers, {
    traceparent: formatTraceparent(send!.context),
    tracestate: "vendor=x",
    "asya-sent": String(bench.clock.now()),
  });
  const job = await (await bench.get(`/jobs/${id}`)).json();
  assert.equal(job.trace_id, told.traceId);
});

test("[Z2] a call over MCP is a span by MCP's conventions", async () => {
  const bench = createBench();
  await bench.mcp("tools/call", { name: "scan" });
  const span = bench.tracing.span("tools/call scan");
  assert.equal(span.kind, "server");
  assert.deepEqual(span.attributes, {
    "mcp.method.name": "tools/call",
    "mcp.protocol.version": "2025-11-25",
    "network.protocol.name": "http",
    "network.transport": "tcp",
    "jsonrpc.request.id": "r7",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "scan",
  });
  assert.equal(
    bench.tracing.path(bench.tracing.span("send a")),
    "POST /mcp > tools/call scan > send a",
  );
  await bench.mcp("tools/list", {});
  assert.equal(bench.tracing.path(bench.tracing.span("tools/list")), "POST /mcp > tools/list");
});

test("[Z2] a trace in an MCP message counts more than that of the request, which is linked", async () => {
  const bench = createBench();
  const _meta = { traceparent: formatTraceparent(told) };
  await bench.mcp("tools/call", { name: "scan", _meta });
  const span = bench.tracing.span("tools/call scan");
  assert.deepEqual([span.context.traceId, span.parentId], [told.traceId, told.spanId]);
  assert.deepEqual(span.links, [bench.tracing.span("POST /mcp").context]);
  assert.equal(bench.tracing.span("send a").parentId, span.context.spanId);
});

test("[Z2] what a call over MCP fails with is said by its span", async () => {
  const bench = createBench();
  await bench.mcp("tools/call", { name: "scan", arguments: { unknown: 1 } });
  assert.equal(bench.tracing.span("tools/call scan").attributes["error.type"], "tool_error");
  await bench.mcp("tools/call", { name: "no such tool" });
  const refused = bench.tracing.span("tools/call");
  assert.equal(refused.attributes["error.type"], "-32602");
  assert.equal(refused.attributes["rpc.response.status_code"], "-32602");
  assert.equal(refused.attributes["gen_ai.tool.name"], undefined);
});

test("[Z2] a replay is linked to the job that it does again", async () => {
  const bench = createBench();
  const id = await bench.call();
  const first = bench.tracing.span("send a");
  await bench.ask("POST", `/jobs/${id}/retry`, {});
  const [, second] = bench.tracing.spans.filter(({ name }) => name === "send a");
  assert.deepEqual(second?.links, [first.context]);
  assert.notEqual(second?.context.traceId, first.context.traceId);
});

test("[Z2] a message whose queue never comes fails its span", async () => {
  const bench = createBench({ unroutable: true });
  await bench.gateway.start();
  await bench.call();
  assert.equal(bench.tracing.span("send a").hasEnded, false);
  await bench.clock.pass(5_000);
  const send = bench.tracing.span("send a");
  assert.deepEqual([send.attributes["error.type"], send.hasEnded], ["unroutable", true]);
  await bench.gateway.close();
});

test("[Z3] where the gateway does not record, nothing is, and the message says so", async () => {
  const bench = createBench({ flags: 0 });
  await bench.call();
  assert.match(lastSent(bench) ?? "", /-00$/);
  assert.deepEqual(Object.keys(bench.sent[0]?.headers ?? {}), ["traceparent"]);
  await bench.mcp("tools/call", { name: "scan" });
  assert.match(lastSent(bench) ?? "", /-00$/);
  assert.deepEqual(bench.tracing.spans, []);
});

test("[Z3] a caller's message that is not recorded has no spans, whatever its request has", async () => {
  const bench = createBench();
  const traceparent = formatTraceparent({ ...told, flags: 0 });
  await bench.mcp("tools/call", { name: "scan", _meta: { traceparent } });
  assert.equal(lastSent(bench), traceparent);
  assert.deepEqual(bench.tracing.spans.map(({ name }) => name), ["POST /mcp"]);
});

test("[Z4] a span has the name of its route, or none but its method", async () => {
  const cases: [string, string, string, string | undefined][] = [
    ["GET", "/jobs/j1", "GET /jobs/{id}", "/jobs/{id}"],
    ["HEAD", "/jobs/j1", "HEAD /jobs/{id}", "/jobs/{id}"],
    ["POST", "/jobs/j1/final", "POST /jobs/{id}/final", "/jobs/{id}/final"],
    ["PUT", "/jobs/j1", "PUT /jobs/{id}", "/jobs/{id}"],
    ["GET", "/readyz", "GET /readyz", "/readyz"],
    ["GET", "/no/such/path", "GET", undefined],
    ["BREW", "/tools", "HTTP /tools", "/tools"],
    ["BREW", "/coffee", "HTTP", undefined],
  ];
  for (const [method, path, name, route] of cases) {
    const bench = createBench();
    await bench.ask(method, path, method === "POST" ? {} : undefined);
    const [span, ...more] = bench.tracing.spans as [RecordedSpan, ...RecordedSpan[]];
    assert.deepEqual(more, []);
    assert.deepEqual([span.name, span.attributes["http.route"]], [name, route], path);
  }
});

test("[Z1] events about a request say where it stands in a trace", async () => {
  const bench = createBench();
  const traceparent = formatTraceparent(told);
  await bench.ask("GET", "/tools", undefined, { traceparent });
  await bench.ask("GET", "/tools", undefined, { traceparent, host: "other.example" });
  const [{ context }, second] = bench.tracing.spans as [RecordedSpan, RecordedSpan];
  assert.equal(bench.eventsOf("request")[0]?.traceparent, formatTraceparent(context));
  assert.equal(bench.eventsOf("denied")[0]?.traceparent, formatTraceparent(second.context));
  await bench.get("/tools", { traceparent });
  assert.equal(bench.eventsOf("request").at(-1)?.traceparent, traceparent);
});
