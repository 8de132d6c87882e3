import assert from "node:assert/strict";
import { metricsTable } from "./metrics_table.ts";

Deno.test({
  name: "metrics table: what is registered, in order",
  permissions: "none",
  fn: () => {
    const table = metricsTable("demo", (metrics) => {
      metrics.counter({ name: "b_total", help: "bs", labels: { kind: ["x"], route: [] } });
      metrics.gauge({ name: "a", help: "as", labels: {} }).set({}, 1);
      metrics.histogram({ name: "c_seconds", help: "cs", labels: {}, buckets: [1] }).observe({}, 1);
      const convention = { name: "gen_ai.d", unit: "{token}" };
      metrics.counter({ name: "gen_ai_d", help: "ds", labels: {}, convention });
    });
    const cells = table.trim().split("\n").slice(2).map((row) =>
      row.split("|").slice(1, -1).map((cell) => cell.trim())
    );
    assert.deepEqual(cells, [
      ["`demo_b_total`", "counter", "`kind`, `route`", "bs", "`demo.b`"],
      ["`demo_a`", "gauge", "", "as", "`demo.a`"],
      ["`demo_c_seconds`", "histogram", "", "cs", "`demo.c` (s)"],
      ["`gen_ai_d`", "counter", "", "ds", "`gen_ai.d` ({token})"],
    ]);
  },
});
