import assert from "node:assert/strict";
import type { Measure } from "@asya/protocol";
import type { CustomMetric } from "../parse_custom_metrics.ts";
import { hearEvents } from "../testing/hear_events.ts";

const PAGES: CustomMetric = {
  name: "pages_total",
  type: "counter",
  help: "pages",
  labels: ["kind"],
  buckets: [],
};
const SCORE: CustomMetric = { ...PAGES, name: "score", type: "histogram", buckets: [1, 2] };
const DEPTH: CustomMetric = { ...PAGES, name: "depth", type: "gauge", labels: [] };

/** What a sidecar shows of what its handler measured. */
async function show(
  measures: readonly Measure[],
  { dropped = 0, refused = 0, custom = [PAGES, SCORE, DEPTH] } = {},
) {
  const { emit, lines, clock, render } = await hearEvents(custom);
  emit({ kind: "measured", measures, dropped, refused });
  const values = new Map<string, number>();
  for (const line of (await render()).split("\n")) {
    const [, series, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    if (series !== undefined) values.set(series.replace(/^asya_actor_/, ""), Number(value));
  }
  return { values, lines, emit, clock, render };
}

const model = 'queue="ocr",gen_ai_operation_name="chat",gen_ai_provider_name="acme",' +
  'gen_ai_request_model="m1"';

Deno.test("[K1] a use of a model is measured by the conventions' names", async () => {
  const { values } = await show([{
    kind: "generation",
    model: "m1",
    provider: "acme",
    durationMs: 2_000,
    firstTokenMs: 500,
    inputTokens: 100,
    outputTokens: 31,
  }]);
  const expected: Record<string, number> = {
    [`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="input"}`]: 100,
    [`gen_ai_client_token_usage_sum{${model},gen_ai_token_type="output"}`]: 31,
    [`gen_ai_client_token_usage_bucket{le="64",${model},gen_ai_token_type="output"}`]: 1,
    [`gen_ai_client_operation_duration_seconds_sum{${model},error_type=""}`]: 2,
    [`gen_ai_server_time_to_first_token_seconds_sum{${model}}`]: .5,
    [`gen_ai_server_time_per_output_token_seconds_sum{${model}}`]: .05,
    [`tokens_per_second_sum{${model}}`]: 15.5,
  };
  for (const [series, value] of Object.entries(expected)) {
    assert.equal(values.get(series), value, series);
  }
});

Deno.test("[K1] a use that failed has a time by its error, and no rate", async () => {
  const { values } = await show([{
    kind: "generation",
    model: "m1",
    provider: "acme",
    durationMs: 2_000,
    firstTokenMs: 500,
    outputTokens: 3,
    errorType: "timeout",
  }]);
  const duration = `gen_ai_client_operation_duration_seconds_count{${model},error_type="timeout"}`;
  assert.equal(values.get(duration), 1);
  const seen = [...values.keys()].filter((series) => series.includes("m1"));
  assert(seen.every((series) => /^gen_ai_client_(operation_duration|token_usage)/.test(series)));
});

Deno.test("[K1] tokens alone have no time; what is not said has the conventions' words", async () => {
  const { values } = await show([{ kind: "generation", model: "m1", inputTokens: 8 }]);
  const labels = 'queue="ocr",gen_ai_operation_name="chat",gen_ai_provider_name="_OTHER",' +
    'gen_ai_request_model="m1"';
  const tokens = `gen_ai_client_token_usage_sum{${labels},gen_ai_token_type="input"}`;
  assert.equal(values.get(tokens), 8);
  assert(![...values.keys()].some((series) => /duration.*m1/.test(series)));
});

Deno.test("[K1] what a handler streams is measured by itself", async () => {
  const { values } = await show([
    { kind: "stream", firstChunkMs: 250, chunks: 40, durationMs: 2_000 },
    { kind: "stream", firstChunkMs: 750, chunks: 2, durationMs: 0 },
  ]);
  assert.equal(values.get('stream_chunks_total{queue="ocr"}'), 42);
  assert.equal(values.get('stream_time_to_first_chunk_seconds_sum{queue="ocr"}'), 1);
  assert.equal(values.get('stream_chunks_per_second_sum{queue="ocr"}'), 20);
  assert.equal(values.get('stream_chunks_per_second_count{queue="ocr"}'), 1);
});

Deno.test("[K1] metrics of an author's own are fed as they are declared", async () => {
  const { values, lines } = await show([
    { kind: "count", name: "pages_total", value: 3, labels: { kind: "scan" } },
    { kind: "count", name: "pages_total", value: 2, labels: { kind: "scan" } },
    { kind: "observe", name: "score", values: [.5, 1.5, 9], labels: { kind: "scan" } },
    { kind: "gauge", name: "depth", value: -4, labels: {} },
    { kind: "count", name: "pages_total", value: 1, labels: {} },
  ]);
  assert.equal(values.get('pages_total{kind="scan"}'), 5);
  assert.equal(values.get('pages_total{kind=""}'), 1);
  assert.equal(values.get('score_bucket{le="2",kind="scan"}'), 2);
  assert.equal(values.get('score_count{kind="scan"}'), 3);
  assert.equal(values.get("depth"), -4);
  assert.deepEqual(lines, []);
});

Deno.test("[K4] a metric that is not declared so is named once, with what is declared", async () => {
  const bad: Measure[] = [
    { kind: "count", name: "page_total", value: 1, labels: {} },
    { kind: "observe", name: "depth", values: [1, 2], labels: {} },
    { kind: "count", name: "pages_total", value: 1, labels: { colour: "red" } },
  ];
  const { values, lines } = await show([...bad, ...bad]);
  assert.equal(values.get('measures_dropped_total{why="undeclared"}'), 2);
  assert.equal(values.get('measures_dropped_total{why="kind"}'), 4);
  assert.equal(values.get('measures_dropped_total{why="labels"}'), 2);
  const advice = "declare it: in `metrics` of the actor in mesh.yaml, or in ASYA_CUSTOM_METRICS";
  assert.deepEqual(lines.map((line) => line.advice), [advice, "report it by gauge()", advice]);
  const told = lines.map(({ message, name, declared }) => ({ message, name, declared }));
  assert.deepEqual(told, [
    {
      message: "a metric of the handler's is not declared",
      name: "page_total",
      declared: ["pages_total", "score", "depth"],
    },
    {
      message: "a metric of the handler's is declared as another kind",
      name: "depth",
      declared: "gauge",
    },
    {
      message: "a metric of the handler's has labels that are not declared",
      name: "pages_total",
      declared: ["kind"],
    },
  ]);
});

Deno.test("[K2] what was dropped on the way is counted, and told rarely", async () => {
  const { values, lines, emit, render } = await show([], { dropped: 5, refused: 2 });
  assert.equal(values.get('measures_dropped_total{why="too_many"}'), 5);
  assert.equal(values.get('measures_dropped_total{why="malformed"}'), 2);
  emit({ kind: "measured", measures: [], dropped: 1, refused: 0 });
  assert.match(await render(), /measures_dropped_total\{why="too_many"\} 6/);
  assert.equal(lines.length, 1);
});

Deno.test("[K2] names that a handler makes up get no series without end", async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => index);
  const { values } = await show([
    ...many.map((index): Measure => ({
      kind: "generation",
      model: `m${index}`,
      durationMs: 1,
      errorType: `e${index}`,
    })),
    ...many.map((index): Measure => ({
      kind: "count",
      name: "pages_total",
      value: 1,
      labels: { kind: `k${index}` },
    })),
  ]);
  const count = (pattern: RegExp) => [...values.keys()].filter((key) => pattern.test(key)).length;
  assert.equal(count(/^gen_ai_client_operation_duration_seconds_count/), 101);
  assert.equal(count(/^pages_total/), 201);
  assert.equal(values.get('pages_total{kind="other"}'), 800);
  const rest = [...values].filter(([key]) => /duration_seconds_count.*model="other"/.test(key));
  assert.deepEqual(rest.map(([, value]) => value), [900]);
});

Deno.test("[K2] a value's own signs make no further series", async () => {
  const breaks = "\n".repeat(300);
  const { values } = await show(Array.from({ length: 300 }, (_, index): Measure => ({
    kind: "generation",
    model: breaks.slice(index) + "m",
    provider: breaks.slice(0, index) + "p",
    inputTokens: 1,
  })));
  const series = [...values.keys()].filter((key) =>
    key.startsWith("gen_ai_client_token_usage_sum")
  );
  assert.equal(series.length, 101);
});

Deno.test("[K2] what took no time at all has no rate", async () => {
  const tokens = Number.MAX_SAFE_INTEGER;
  const { values } = await show([
    { kind: "stream", firstChunkMs: 0, chunks: tokens, durationMs: 5e-324 },
    { kind: "generation", model: "m1", outputTokens: tokens, durationMs: 5e-324 },
  ]);
  assert.equal(values.get('stream_chunks_total{queue="ocr"}'), tokens);
  const rates = [...values].filter(([series]) => /_per_second_count/.test(series));
  assert.deepEqual(rates.filter(([, count]) => count > 0), []);
});

Deno.test("[K1] a label that is not said is empty, whatever it is called", async () => {
  const odd = { ...PAGES, name: "odd_total", labels: ["constructor", "toString"] };
  const { values } = await show(
    [{ kind: "count", name: "odd_total", value: 1, labels: {} }],
    { custom: [odd] },
  );
  assert.equal(values.get('odd_total{constructor="",toString=""}'), 1);
});

Deno.test("[K5] busy and idle time are the whole time", async () => {
  const { emit, clock, render } = await show([]);
  const times = async () => {
    const text = await render();
    return ["busy", "idle"].map((kind) =>
      Number(new RegExp(`asya_actor_${kind}_seconds_total{queue="ocr"} (\\S+)`).exec(text)?.[1])
    );
  };
  const received = { kind: "received", bytes: 1, waitMs: 0 } as const;
  await clock.pass(2_000);
  emit(received);
  await clock.pass(1_000);
  emit(received);
  emit({ kind: "settled" });
  await clock.pass(500);
  assert.deepEqual(await times(), [1.5, 2]);
  await clock.pass(500);
  emit({ kind: "settled" });
  await clock.pass(3_000);
  assert.deepEqual(await times(), [2, 5]);
});
