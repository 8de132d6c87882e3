import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { addAnswerHeaders, pageHeaders } from "./answer_headers.ts";
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

Deno.test("[A9] headers: the page runs and loads nothing but its own", async () => {
  const response = await createTestGateway().get("/");
  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.doesNotMatch(policy, /unsafe/);
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    assert(policy.split("; ").includes(directive), directive);
  }
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assert(policy.includes(`style-src 'sha256-${hash}'`), policy);
  assert.doesNotMatch(html, /\son\w+=|javascript:|\sstyle=|https?:\/\//);
  assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
});

Deno.test({
  name: "headers: what is inline is known by its hash, and what may be kept is kept",
  permissions: "none",
  fn: () => {
    const policy = pageHeaders("<script>a\n</script><style>b</style><script>c</script>");
    assert.match(
      policy["content-security-policy"] ?? "",
      /; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+' 'sha256-[^ ]+'; /,
    );
    assert.doesNotMatch(pageHeaders("<p>")["content-security-policy"] ?? "", /script|style/);
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
