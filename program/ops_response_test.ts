import assert from "node:assert/strict";
import { opsResponse, type OpsSources } from "./ops_response.ts";

const permissions = "none";

const good: OpsSources = {
  live: () => true,
  ready: () => true,
  metrics: { contentType: "text/plain; version=0.0.4", render: () => Promise.resolve("up 1\n") },
};

const cases: [string, string, string, Partial<OpsSources>, number, string][] = [
  ["health", "GET", "/health", {}, 200, "OK"],
  ["health, as Kubernetes says it", "GET", "/healthz", {}, 200, "OK"],
  ["liveness", "GET", "/livez", {}, 200, "OK"],
  ["a process that is not alive", "GET", "/livez", { live: () => false }, 503, "not alive"],
  ["health of such a process", "GET", "/health", { live: () => "stuck" }, 503, "stuck"],
  ["readiness", "GET", "/readyz", {}, 200, "ready"],
  ["not ready", "GET", "/readyz", { ready: () => false }, 503, "not ready"],
  ["not ready for a reason", "GET", "/readyz", { ready: () => "no broker" }, 503, "no broker"],
  ["metrics", "GET", "/metrics", {}, 200, "up 1\n"],
  ["only the head", "HEAD", "/readyz", { ready: () => false }, 503, ""],
  ["another method", "POST", "/livez", {}, 405, "only GET and HEAD are allowed"],
];

for (const [what, method, path, sources, status, body] of cases) {
  Deno.test(`operations: ${what}`, { permissions }, async () => {
    const request = new Request(`http://host${path}?x=1`, { method });
    const response = await opsResponse(request, { ...good, ...sources });
    assert.equal(response?.status, status);
    assert.equal(await response.text(), body);
  });
}

Deno.test("operations: other paths are left to others", { permissions }, async () => {
  for (const path of ["/", "/jobs", "/metrics/", "/constructor", "/__proto__"]) {
    assert.equal(await opsResponse(new Request(`http://host${path}`), good), undefined);
  }
});

Deno.test("operations: without metrics there is no such path", { permissions }, async () => {
  const { live, ready } = good;
  assert.equal(await opsResponse(new Request("http://host/metrics"), { live, ready }), undefined);
});
