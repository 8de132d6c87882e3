import assert from "node:assert/strict";
import { addAnswerHeaders } from "./answer_headers.ts";
import { createTestGateway, THREE_STEPS } from "../testing/test_gateway.ts";

const rpc = (method: string, params: object) => ({ jsonrpc: "2.0", id: 1, method, params });

Deno.test("[A9] headers: no answer is kept, and no type is guessed", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const mcp = { accept: "application/json, text/event-stream" };
  const waits = { name: "asya_job", arguments: { job_id: id, action: "wait" } };
  const answers = [
    await bench.get("/"),
    await bench.get("/tools"),
    await bench.get("/jobs"),
    await bench.get(`/jobs/${id}`),
    await bench.get("/jobs/unknown"),
    await bench.get(`/jobs/${id}/stream`),
    await bench.get("/health"),
    await bench.get("/nothing"),
    await bench.get("/jobs", { host: "evil.example" }),
    await bench.post("/tools/call", "no JSON"),
    await bench.post("/mcp", rpc("tools/list", {}), mcp),
    await bench.post("/mcp", rpc("tools/call", waits), mcp),
  ];
  let streams = 0;
  for (const { headers, url, status, body } of answers) {
    const what = `${status} ${url}`;
    assert.equal(headers.get("x-content-type-options"), "nosniff", what);
    assert.match(headers.get("cache-control") ?? "", /no-store|no-cache/, what);
    assert.equal(headers.get("access-control-allow-origin"), null, what);
    if (headers.get("content-type")?.startsWith("text/event-stream")) {
      streams++;
      assert.equal(headers.get("x-accel-buffering"), "no", what);
    }
    await body?.cancel();
  }
  assert(streams >= 2, `${streams} streams`);
  bench.gateway.release();
  await bench.gateway.close();
});

Deno.test("[A9] headers: pages load nothing but what the gateway serves", async () => {
  const response = await createTestGateway().get("/dashboard/jobs");
  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  for (
    const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ]
  ) {
    assert(policy.split("; ").includes(directive), directive);
  }
  assert.doesNotMatch(
    html,
    /\son\w+=|javascript:|\sstyle=|https?:\/\/|<style|<script(?! type="module" src="\/dashboard\/assets\/)/,
  );
  assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(response.headers.get("referrer-policy"), "same-origin");
});

Deno.test({
  name: "headers: what may be kept is kept, and streams are not held back",
  permissions: "none",
  fn: () => {
    const response = new Response("{}", { headers: { "cache-control": "max-age=300" } });
    addAnswerHeaders(response);
    assert.equal(response.headers.get("cache-control"), "max-age=300");
    assert.equal(response.headers.get("x-accel-buffering"), null);
    const stream = new Response("", {
      headers: { "content-type": "text/event-stream; charset=x" },
    });
    addAnswerHeaders(stream);
    assert.equal(stream.headers.get("x-accel-buffering"), "no");
  },
});
