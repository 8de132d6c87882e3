import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Json } from "./json.ts";
import {
  MAX_MEASURE_LABELS,
  MAX_MEASURE_TEXT,
  MAX_MEASURES,
  MAX_OBSERVED_VALUES,
  type Measure,
  measuresJson,
} from "./measure.ts";
import { parseMeasures } from "./parse_measures.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const name = fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,20}$/);
const label = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const labels = fc.dictionary(label, fc.string({ maxLength: 20 }), {
  maxKeys: 4,
  noNullPrototype: true,
});
const word = fc.string({ minLength: 1, maxLength: 20 });
const amount = fc.nat().map((n) => n / 8);
const value = fc.integer().map((n) => n / 8);
const plain = { noNullPrototype: true };
const measure: fc.Arbitrary<Measure> = fc.oneof(
  fc.record({
    kind: fc.constant("generation" as const),
    model: word,
    provider: word,
    operation: word,
    durationMs: amount,
    firstTokenMs: amount,
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    errorType: word,
  }, { requiredKeys: ["kind", "model"], noNullPrototype: true }),
  fc.record({
    kind: fc.constant("stream" as const),
    firstChunkMs: amount,
    chunks: fc.integer({ min: 1 }),
    durationMs: amount,
  }, plain),
  fc.record({ kind: fc.constant("count" as const), name, value: amount, labels }, plain),
  fc.record({ kind: fc.constant("gauge" as const), name, value, labels }, plain),
  fc.record({
    kind: fc.constant("observe" as const),
    name,
    values: fc.array(value, { minLength: 1, maxLength: 8 }),
    labels,
  }, plain),
);

test("[K1] what a handler measured is read as it was said", () => {
  fc.assert(fc.property(fc.array(measure, { maxLength: 8 }), (measures) => {
    const json: Json = JSON.parse(JSON.stringify(measuresJson(measures)));
    assert.deepEqual(parseMeasures(json), { measures, refused: 0 });
  }));
});

test("[K2] any JSON is read as measures, each legal or counted; nothing is thrown", () => {
  const any = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  const nearly = fc.record({
    kind: fc.constantFrom("generation", "stream", "count", "gauge", "observe", "?"),
    model: any,
    provider: any,
    duration_ms: any,
    first_chunk_ms: any,
    first_token_ms: any,
    chunks: any,
    name: fc.oneof(any, name),
    value: any,
    values: fc.oneof(any, fc.array(any)),
    labels: fc.oneof(any, fc.dictionary(fc.string(), any)),
  }, { requiredKeys: ["kind"] }) as fc.Arbitrary<Json>;
  fc.assert(fc.property(fc.array(fc.oneof(any, nearly)), (items) => {
    const { measures, refused } = parseMeasures(items);
    assert.equal(measures.length + refused, items.length);
    const again: Json = JSON.parse(JSON.stringify(measuresJson(measures)));
    assert.equal(parseMeasures(again).refused, 0);
  }));
  assert.deepEqual(parseMeasures("?"), { measures: [], refused: 1 });
  assert.deepEqual(parseMeasures(undefined), { measures: [], refused: 1 });
});

test("[K2] a measure out of bounds is refused, and those beside it are not", () => {
  const long = "x".repeat(MAX_MEASURE_TEXT + 1);
  const many = Object.fromEntries(
    Array.from({ length: MAX_MEASURE_LABELS + 1 }, (_, i) => [`l${i}`, ""]),
  );
  const count = { kind: "count", name: "pages_total", value: 1, labels: {} };
  const stream = { kind: "stream", first_chunk_ms: 1, chunks: 2, duration_ms: 3 };
  const illegal: Json[] = [
    { ...count, name: "pages total" },
    { ...count, name: long },
    { ...count, value: -1 },
    { ...count, value: "1" },
    { ...count, value: 1e101 },
    { ...count, kind: "gauge", value: -1e101 },
    { ...count, labels: { a: "\ud83d" } },
    { ...count, labels: { "a-b": "c" } },
    { ...count, labels: { __name__: "c" } },
    { ...count, labels: { a: 1 } },
    { ...count, labels: { a: long } },
    { ...count, labels: many },
    { ...count, labels: [] },
    { ...count, kind: "gauge", value: null },
    { ...count, kind: "observe" },
    { ...count, kind: "observe", values: [] },
    { ...count, kind: "observe", values: [1, null] },
    { ...count, kind: "observe", values: Array(MAX_OBSERVED_VALUES + 1).fill(1) },
    { ...stream, chunks: 0 },
    { ...stream, chunks: 1.5 },
    { ...stream, first_chunk_ms: -1 },
    { ...stream, duration_ms: 1e308 },
    { kind: "generation", model: "" },
    { kind: "generation", model: long },
    { kind: "generation", model: "\udc00" },
    { kind: "generation", model: "m", input_tokens: 1.5 },
    { kind: "generation", model: "m", output_tokens: -1 },
    { kind: "generation", model: "m", duration_ms: "5" },
    { kind: "generation", model: "m", error_type: "" },
  ];
  for (const item of illegal) {
    const { measures, refused } = parseMeasures([item, count]);
    assert.deepEqual([measures.length, refused], [1, 1], JSON.stringify(item));
  }
});

test("[K2] a frame has so many measures and values, and no more", () => {
  const count = { kind: "count", name: "pages_total", value: 1, labels: {} };
  const { measures, refused } = parseMeasures(Array(MAX_MEASURES + 5).fill(count));
  assert.deepEqual([measures.length, refused], [MAX_MEASURES, 5]);
  const values: Json[] = Array(MAX_OBSERVED_VALUES / 2).fill(1);
  const observed: Json = { kind: "observe", name: "score", values, labels: {} };
  const read = parseMeasures([observed, observed, { ...observed, values: [1] }]);
  assert.deepEqual([read.measures.length, read.refused], [2, 1]);
});
