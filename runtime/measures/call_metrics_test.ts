import assert from "node:assert/strict";
import type { Measure } from "@asya/protocol/measure";
import { CallMetrics } from "./call_metrics.ts";
import type { ModelUse } from "./handler_metrics.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** Metrics with a clock that is put forward by hand. */
function start() {
  const measures: Measure[] = [];
  const warnings: unknown[] = [];
  const clock = { ms: 1_000 };
  const metrics = new CallMetrics({
    measure: (measure) => measures.push(measure),
    elapsed: () => clock.ms,
    warn: (_message, fields) => warnings.push(fields),
  });
  return { metrics, measures, warnings, clock };
}

test("[K3] a generation is timed from its beginning to its end, and counted once", () => {
  const { metrics, measures, clock } = start();
  const generation = metrics.generation({ model: "m", provider: "p", operation: "embeddings" });
  clock.ms += 5;
  generation.firstToken();
  clock.ms += 7;
  generation.firstToken();
  generation.end({ inputTokens: 3, outputTokens: 4.4 });
  generation.end({ outputTokens: 9 });
  generation.fail("late");
  metrics.end();
  assert.deepEqual(measures, [{
    kind: "generation",
    model: "m",
    provider: "p",
    operation: "embeddings",
    durationMs: 12,
    firstTokenMs: 5,
    inputTokens: 3,
    outputTokens: 4,
  }]);
});

test("[K3] the first yield is the first token, unless the handler knows better", () => {
  const { metrics, measures, clock } = start();
  const silent = metrics.generation({ model: "silent" });
  const telling = metrics.generation({ model: "telling" });
  clock.ms += 2;
  metrics.yielded();
  clock.ms += 3;
  metrics.yielded();
  telling.firstToken();
  const late = metrics.generation({ model: "late" });
  silent.end();
  telling.end();
  late.end();
  const firsts = measures.map((measure) => measure.kind === "generation" && measure.firstTokenMs);
  assert.deepEqual(firsts, [2, 5, undefined]);
});

test("[K3] what is open ends with its call, as the call ends", () => {
  for (const errorType of [undefined, "TypeError"]) {
    const { metrics, measures, clock } = start();
    const generation = metrics.generation({ model: "m" });
    clock.ms += 4;
    metrics.end(errorType);
    const error = errorType && { errorType };
    const ended = { kind: "generation", model: "m", durationMs: 4, ...error };
    assert.deepEqual(measures, [ended]);
    generation.end({ outputTokens: 1 });
    metrics.count("pages_total");
    assert.deepEqual(measures, [ended]);
  }
});

test("a generation fails by what was thrown, or by a word for it", () => {
  class Overloaded extends Error {
    override name = "Overloaded";
  }
  const cases: [unknown, string][] = [
    ["timeout", "timeout"],
    [new Overloaded(), "Overloaded"],
    [undefined, "_OTHER"],
    [{}, "_OTHER"],
    ["", "_OTHER"],
    ["x".repeat(300), "x".repeat(200)],
    ["x".repeat(199) + "😀", "x".repeat(199) + "\ufffd"],
  ];
  for (const [error, expected] of cases) {
    const { metrics, measures } = start();
    metrics.generation({ model: "m" }).fail(error, { inputTokens: 2 });
    assert.deepEqual(measures, [
      { kind: "generation", model: "m", durationMs: 0, inputTokens: 2, errorType: expected },
    ]);
  }
});

test("[K1] tokens without a time, and metrics of one's own", () => {
  const { metrics, measures, warnings } = start();
  metrics.tokens({ model: "m", inputTokens: 8, outputTokens: 0 });
  metrics.count("pages_total");
  metrics.count("pages_total", 2, { kind: "scan", colour: true, dpi: 300 });
  metrics.gauge("depth", -2);
  metrics.observe("score", 0.5, {});
  assert.deepEqual(measures, [
    { kind: "generation", model: "m", inputTokens: 8, outputTokens: 0 },
    { kind: "count", name: "pages_total", value: 1, labels: {} },
    {
      kind: "count",
      name: "pages_total",
      value: 2,
      labels: { kind: "scan", colour: "true", dpi: "300" },
    },
    { kind: "gauge", name: "depth", value: -2, labels: {} },
    { kind: "observe", name: "score", values: [0.5], labels: {} },
  ]);
  assert.deepEqual(warnings, []);
});

test("functions that are taken apart work as well", () => {
  const { metrics, measures } = start();
  const { count, generation } = metrics;
  const { end } = generation({ model: "m" });
  end({ outputTokens: 1 });
  count("pages_total");
  assert.deepEqual(measures.map(({ kind }) => kind), ["generation", "count"]);
});

test("[K2] what makes no sense is dropped with one line, and nothing is thrown", () => {
  const bad: ((metrics: CallMetrics) => void)[] = [
    (metrics) => metrics.count("pages total"),
    (metrics) => metrics.count("pages_total", -1),
    (metrics) => metrics.count("pages_total", NaN),
    (metrics) => metrics.gauge("depth", Infinity),
    (metrics) => metrics.gauge("depth", "5" as unknown as number),
    (metrics) => metrics.observe("score", 1, { "a-b": 1 }),
    (metrics) => metrics.observe("score", 1, { a: {} as unknown as string }),
    (metrics) => metrics.generation(undefined as unknown as ModelUse).end(),
    (metrics) => metrics.generation({ model: "" }).end(),
    (metrics) => metrics.tokens({ model: 10n as unknown as string }),
    (metrics) => metrics.tokens({ model: "m", provider: "x".repeat(300) }),
  ];
  for (const report of bad) {
    const { metrics, measures, warnings } = start();
    report(metrics);
    report(metrics);
    assert.deepEqual(measures, [], String(report));
    assert.equal(warnings.length, 1, String(report));
  }
  const { metrics, measures, warnings } = start();
  metrics.count("pages_total", -1);
  assert.deepEqual(warnings, [{ what: "pages_total", got: "-1", allowed: "a number from 0" }]);
  metrics.generation({ model: "m" }).end({ inputTokens: NaN, outputTokens: 3 });
  metrics.generation({ model: "m" }).end(null as unknown as undefined);
  assert.deepEqual(measures, [
    { kind: "generation", model: "m", durationMs: 0, outputTokens: 3 },
    { kind: "generation", model: "m", durationMs: 0 },
  ]);
});
