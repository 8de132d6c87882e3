import assert from "node:assert/strict";
import { sumShares } from "./node_probe.ts";

Deno.test("node probe: work is summed by kind", { permissions: "none" }, () => {
  const shares = sumShares('<<"queue 300 7;queue 200 9;log 100 40;channel 300 0;other 100 0;">>');
  assert.deepEqual(shares, {
    queue: { all: 0.5, busiest: 0.3, waiting: 9 },
    log: { all: 0.1, busiest: 0.1, waiting: 40 },
    channel: { all: 0.3, busiest: 0.3, waiting: 0 },
    connection: { all: 0, busiest: 0, waiting: 0 },
    other: { all: 0.1, busiest: 0.1, waiting: 0 },
  });
});
