import { createMemoryBroker, type Transport } from "@asya/transport";
import assert from "node:assert/strict";
import fc from "fast-check";
import { letterIdOf } from "../dead_letters/letter_id.ts";
import { createTestGateway, THREE_STEPS } from "../testing/test_gateway.ts";

/** Mostly those that there are. */
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant("POST") },
  { weight: 2, arbitrary: fc.constant("GET") },
  { weight: 1, arbitrary: fc.constantFrom("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH") },
);

const knownPath = fc.constantFrom(
  "/",
  "/tools",
  "/tools/call",
  "/jobs",
  "/jobs?limit=3&cursor=9",
  "/jobs/ID",
  "/jobs/ID/active",
  "/jobs/ID/progress",
  "/jobs/ID/heartbeat",
  "/jobs/ID/final",
  "/jobs/ID/cancel",
  "/jobs/ID/retry",
  "/jobs?q=sca",
  "/progress",
  "/dead-letters",
  "/dead-letters?limit=2&q=no&step=a",
  "/dead-letters/LETTER",
  "/dead-letters/LETTER/replay",
  "/overview",
  "/overview/stream",
  "/mcp",
  "/health",
  "/readyz",
  "/metrics",
);

const oddPath = fc.oneof(
  fc.webPath().map((text) => `/${text}`),
  fc.string().map((text) => `/jobs/${encodeURIComponent(text.toWellFormed())}/retry`),
  fc.constantFrom("/jobs/%", "/jobs/%ff", "/jobs/%00", "/jobs/..%2f..", "//", "/jobs//stream"),
);

const path = fc.oneof({ weight: 5, arbitrary: knownPath }, { weight: 1, arbitrary: oddPath });

const status = fc.constantFrom("received", "succeeded", "failed", "error", "", 7);
const index = fc.oneof(fc.integer(), fc.double(), fc.constant(1e300));
const known = fc.record({
  name: fc.constantFrom("scan", "asya_job", "nothing", ""),
  arguments: fc.object(),
  job_id: fc.constantFrom("ID", "x", ""),
  step: fc.string(),
  step_index: index,
  total_steps: index,
  status,
  branch: fc.constantFrom("/0:2:ab", "/1:2:ab", "/0:1:ab/0:1:cd", "x", ""),
  fraction: index,
  partial: fc.jsonValue(),
  result: fc.jsonValue(),
  from_step: index,
  payload: fc.jsonValue(),
  steps: fc.array(fc.string()),
  current: index,
  metadata: fc.oneof(fc.object(), fc.jsonValue()),
  updates: fc.array(fc.jsonValue()),
  method: fc.constantFrom("tools/call", "tools/list", "initialize", "x"),
  jsonrpc: fc.constant("2.0"),
  id: fc.jsonValue(),
  params: fc.oneof(fc.jsonValue(), fc.record({ name: fc.string(), arguments: fc.jsonValue() })),
}, { requiredKeys: [] });

const body = fc.oneof(
  known.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
  fc.constantFrom("[".repeat(3_000), '{"a":'.repeat(2_000), "\u0000", "\ufeff{}", '"\\ud800"'),
);

/** Puts letters into the queue for them, good ones and bad ones; answers with their ids. */
async function putLetters(letters: Transport, jobId: string): Promise<string[]> {
  const queue = "dead-letter-queue";
  await letters.declare([queue]);
  const message = JSON.stringify({
    job_id: jobId,
    route: { steps: ["a"], current: 0 },
    payload: 1,
  });
  const bodies = ["?", "7", message, "{}", `{"error":{},"original_message":${message}}`]
    .map((text) => new TextEncoder().encode(text));
  const all = Array.from({ length: 60 }, (_, index) => ({
    queue,
    body: bodies[index % bodies.length] ?? new Uint8Array(),
    messageId: `m${index}`,
  }));
  await letters.publish(all);
  return all.map(letterIdOf);
}

Deno.test("[W5] bad input: whatever is asked, no answer is a failure of the gateway", async () => {
  const letters = createMemoryBroker().connect();
  const env = { ASYA_MAX_BODY_BYTES: "4000" };
  const bench = createTestGateway({ tools: THREE_STEPS, env, letters });
  const id = await bench.call("scan");
  const letterIds = await putLetters(letters, id);
  const counts = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(method, path, body, fc.nat(), async (method, path, text, turn) => {
      const hasBody = method !== "GET" && method !== "HEAD";
      const letter = letterIds[turn % letterIds.length] ?? "";
      const place = path.replace("LETTER", letter).replace("ID", id);
      const request = new Request(`http://127.0.0.1${place}`, {
        method,
        headers: {
          host: "127.0.0.1",
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
        },
        ...(hasBody && { body: text.replaceAll("ID", id) }),
      });
      const response = await bench.gateway.fetch(request);
      await response.body?.cancel();
      counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
      assert(response.status < 500, `${response.status} ${method} ${path} ${text}`);
    }),
    { numRuns: 1_500 },
  );
  assert.deepEqual(bench.eventsOf("request_failed"), []);
  const routes = new Set(bench.eventsOf("request").map(({ route }) => route));
  assert(routes.size < 32, `a label per route, not per path: ${[...routes].join(" ")}`);
  for (const expected of [200, 400, 404]) assert(counts.has(expected), `${expected} was seen`);
  assert.equal((await bench.get("/health")).status, 200);
});
