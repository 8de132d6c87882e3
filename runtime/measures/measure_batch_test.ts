import assert from "node:assert/strict";
import { MAX_MEASURES, MAX_OBSERVED_VALUES } from "@asya/protocol/measure";
import { MeasureBatch } from "./measure_batch.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const count = (name: string, labels = {}, value = 1) =>
  ({ kind: "count", name, value, labels }) as const;

test("[K1] counts are summed, of gauges the latest is kept, and observed values are listed", () => {
  const batch = new MeasureBatch();
  batch.add(count("pages_total", { kind: "scan" }));
  batch.add(count("pages_total", { kind: "text" }));
  batch.add(count("pages_total", { kind: "scan" }, 2.5));
  for (const value of [3, 1]) batch.add({ kind: "gauge", name: "depth", value, labels: {} });
  for (const value of [3, 1]) {
    batch.add({ kind: "observe", name: "score", values: [value], labels: {} });
  }
  const generation = { kind: "generation", model: "m" } as const;
  batch.add(generation);
  batch.add(generation);
  assert.deepEqual(batch.take(), {
    measures: [
      count("pages_total", { kind: "scan" }, 3.5),
      count("pages_total", { kind: "text" }),
      { kind: "gauge", name: "depth", value: 1, labels: {} },
      { kind: "observe", name: "score", values: [3, 1], labels: {} },
      generation,
      generation,
    ],
    dropped: 0,
  });
  assert.deepEqual(batch.take(), { measures: [], dropped: 0 });
});

test("labels that look alike are not mixed up", () => {
  const batch = new MeasureBatch();
  batch.add(count("n", { a: "1", b: "2" }));
  batch.add(count("n", { a: '1"\nb="2' }));
  batch.add(count("n", { a: "1\nb=2" }));
  assert.equal(batch.take().measures.length, 3);
});

test("[K2] what is over the cap is dropped and counted, and what is known is still added to", () => {
  const batch = new MeasureBatch();
  for (let i = 0; i < MAX_MEASURES + 5; i++) batch.add(count(`n${i}`));
  batch.add(count("n0"));
  batch.add({ kind: "generation", model: "m" });
  const { measures, dropped } = batch.take();
  assert.equal(measures.length, MAX_MEASURES);
  assert.deepEqual(measures[0], count("n0", {}, 2));
  assert.equal(dropped, 6);

  for (let i = 0; i < MAX_OBSERVED_VALUES + 5; i++) {
    batch.add({ kind: "observe", name: "score", values: [i], labels: {} });
  }
  const observed = batch.take();
  assert.equal(observed.dropped, 5);
  assert.deepEqual(observed.measures.map((measure) => measure.kind), ["observe"]);
  batch.add({ kind: "observe", name: "score", values: [1], labels: {} });
  assert.equal(batch.take().dropped, 0);
});
