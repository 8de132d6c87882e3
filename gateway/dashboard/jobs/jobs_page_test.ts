import assert from "node:assert/strict";
import { createTestGateway } from "../../testing/test_gateway.ts";

const TOOLS = `
tools:
  - { name: scan, inputSchema: { type: object, additionalProperties: true }, route: [a] }
`;

Deno.test("[G17] the list of jobs says why one failed: its code, and what its step said", async () => {
  const cases: readonly (readonly [object, string])[] = [
    [
      { error: "processing_error", error_details: { message: "no such page" } },
      "processing_error: no such page",
    ],
    [{ error: "processing_error" }, "processing_error"],
    [{ error: "it is late", error_details: { message: "it is late" } }, "it is late"],
  ];
  for (const [more, expected] of cases) {
    const bench = createTestGateway({ tools: TOOLS });
    const id = await bench.call("scan");
    await bench.post(`/jobs/${id}/final`, { job_id: id, status: "failed", ...more });
    const html = await (await bench.get("/dashboard/jobs")).text();
    const cell = /data-name="Step or error"[^>]*>\s*<span[^>]*title="([^"]*)"[^>]*>([^<]*)</
      .exec(html);
    assert.deepEqual(cell?.slice(1), [expected, expected]);
  }
});
