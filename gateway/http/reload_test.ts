import assert from "node:assert/strict";
import { createTestGateway, toolsOf, YAML_ENV } from "../testing/test_gateway.ts";

const before = "tools: [{ name: scan, route: [a, b], timeout: 60 }]";
const after = "tools: [{ name: scan, route: [x, y, z], timeout: 5 }, { name: more, route: [m] }]";

Deno.test({
  name: "[G15] jobs in flight keep their way and their time when their tool is another one",
  permissions: { env: YAML_ENV },
  fn: async () => {
    // Until the tools are replaced, no queue takes anything.
    let isReplaced = false;
    const bench = createTestGateway({
      tools: before,
      outcome: () => isReplaced ? "confirmed" : "failed",
    });
    await bench.gateway.start();
    const old = await bench.call("scan");
    bench.gateway.replaceTools({ ok: true, tools: toolsOf(after) });
    isReplaced = true;
    const young = await bench.call("scan");
    await bench.clock.pass(20_000);
    assert.deepEqual(bench.sent.map(({ queue }) => queue).sort(), ["a", "x"]);
    const job = await (await bench.get(`/jobs/${old}`)).json();
    assert.deepEqual([job.status, job.route.steps, job.total_steps], ["Pending", ["a", "b"], 2]);
    const step = { step: "b", step_index: 1, total_steps: 2, status: "received" };
    assert.equal((await bench.post(`/jobs/${old}/progress`, step)).status, 200);
    await bench.post(`/jobs/${old}/final`, { status: "succeeded", result: 1 });
    assert.equal((await (await bench.get(`/jobs/${old}`)).json()).status, "Succeeded");
    // The young one has the tool's new time, which is over.
    assert.equal((await (await bench.get(`/jobs/${young}`)).json()).error, "job timed out");
    const again = await bench.post(`/jobs/${old}/retry`, { from_step: 0 });
    const { job_id: retried } = await again.json();
    const { route } = await (await bench.get(`/jobs/${retried}`)).json();
    assert.deepEqual(route.steps, ["a", "b"]);
    await bench.gateway.close();
  },
});

Deno.test({
  name: "[G15] a job whose tool is gone ends as it would have, and its key still names its call",
  permissions: { env: YAML_ENV },
  fn: async () => {
    const bench = createTestGateway({ tools: before });
    const call = () =>
      bench.post("/tools/call", { name: "scan", arguments: {} }, { "idempotency-key": "k" });
    const { structuredContent } = await (await call()).json();
    const id = structuredContent.job_id;
    bench.gateway.replaceTools({ ok: true, tools: [] });
    assert.equal((await call()).status, 404);
    assert.equal((await bench.post(`/jobs/${id}/final`, { status: "succeeded" })).status, 200);
    bench.gateway.replaceTools({ ok: true, tools: toolsOf(before) });
    assert.equal((await (await call()).json()).structuredContent.job_id, id);
  },
});
