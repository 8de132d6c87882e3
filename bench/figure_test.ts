import assert from "node:assert/strict";
import { median, meetsAim, percentile } from "./figure.ts";
import { formatTable } from "./format_table.ts";

Deno.test({
  name: "percentiles are by the nearest rank, whatever the order",
  permissions: "none",
  fn() {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile(values, 1), 100);
    assert.equal(percentile([7], 0), 7);
    assert.equal(median([9, 1, 5]), 5);
    assert.throws(() => median([]), RangeError);
  },
});

Deno.test({
  name: "a table aligns its numbers and says which aims were met",
  permissions: "none",
  fn() {
    const figures = [
      { part: "hop", name: "at 10", value: 12345.6, unit: "msg/s" as const },
      { part: "start", name: "sidecar", value: 88.2, unit: "ms" as const, aim: { atMost: 150 } },
      {
        ...{ part: "start", name: "host", value: 1.234, unit: "ms" as const },
        ...{ spread: { low: 1.1, high: 150.4 }, aim: { atLeast: 2 } },
      },
    ];
    assert.deepEqual(figures.map(meetsAim), [undefined, true, false]);
    assert.equal(
      formatTable(figures),
      [
        "part   what      value  unit   spread    aim",
        "hop    at 10    12,346  msg/s",
        "start  sidecar    88.2  ms               ≤ 150 met",
        "start  host       1.23  ms     1.10–150  ≥ 2 missed",
      ].join("\n"),
    );
  },
});
