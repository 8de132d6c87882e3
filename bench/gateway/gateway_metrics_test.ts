import assert from "node:assert/strict";
import { lagP99, parseGatewayMetrics, sumMetrics } from "./gateway_metrics.ts";

const text = (counts: readonly number[]) => `
# HELP asya_gateway_jobs_created_total jobs
asya_gateway_jobs_created_total{tool="echo"} 3
asya_gateway_jobs_created_total{tool="scan"} 4
asya_gateway_messages_published_total 4
asya_gateway_publish_lag_seconds_bucket{le="0.01"} ${counts[0]}
asya_gateway_publish_lag_seconds_bucket{le="0.5"} ${counts[1]}
asya_gateway_publish_lag_seconds_bucket{le="+Inf"} ${counts[2]}
`;

Deno.test("metrics of a gateway are read", { permissions: "none" }, () => {
  const { jobsCreated, published, lag } = parseGatewayMetrics(text([1, 2, 3]));
  assert.deepEqual({ jobsCreated, published }, { jobsCreated: 7, published: 4 });
  assert.deepEqual([...lag], [[0.01, 1], [0.5, 2], [Infinity, 3]]);
});

Deno.test("metrics of several gateways add up", { permissions: "none" }, () => {
  const { jobsCreated, published, lag } = sumMetrics(
    [[1, 2, 3], [0, 5, 5]].map((counts) => parseGatewayMetrics(text(counts))),
  );
  assert.deepEqual({ jobsCreated, published }, { jobsCreated: 14, published: 8 });
  assert.deepEqual([...lag], [[0.01, 1], [0.5, 7], [Infinity, 8]]);
});

Deno.test("the lag of a time is that of its own publishes", { permissions: "none" }, () => {
  const before = parseGatewayMetrics(text([10, 20, 30]));
  const rows: [number[], number | undefined][] = [
    [[10, 20, 30], undefined],
    [[110, 120, 130], 0.01],
    [[12, 120, 130], 0.5],
    [[12, 22, 130], Infinity],
  ];
  for (const [counts, lag] of rows) {
    assert.equal(lagP99(before, parseGatewayMetrics(text(counts))), lag);
  }
});
