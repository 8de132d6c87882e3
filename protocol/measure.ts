/**
 * What handlers measure: the use of models, streams, counts, levels and distributions, on their way
 * to who shows them.
 *
 * @module
 */
import type { Json, JsonObject } from "./json.ts";

/** Names of labels, each with its value. */
export type MeasureLabels = Readonly<Record<string, string>>;

/** One use of a model: what it took and what it gave. Times are in milliseconds. */
export interface GenerationMeasure {
  /** Tells it from other measures. */
  readonly kind: "generation";
  /** The model, as its provider calls it. */
  readonly model: string;
  /** Who provides it, by OpenTelemetry's `gen_ai.provider.name`. */
  readonly provider?: string;
  /** What was done with it, by OpenTelemetry's `gen_ai.operation.name`. */
  readonly operation?: string;
  /** From its beginning to its end; not there where only tokens are told. */
  readonly durationMs?: number;
  /** From its beginning to its first token. */
  readonly firstTokenMs?: number;
  /** Tokens that it was given. */
  readonly inputTokens?: number;
  /** Tokens that it gave. */
  readonly outputTokens?: number;
  /** What kind of error it ended in; not there where it went well. */
  readonly errorType?: string;
}

/** What a handler streamed in one call. Times are in milliseconds. */
export interface StreamMeasure {
  /** Tells it from other measures. */
  readonly kind: "stream";
  /** From the beginning to the first chunk; there is always one. */
  readonly firstChunkMs: number;
  /** How many there were. */
  readonly chunks: number;
  /** From the beginning to the end of the stream. */
  readonly durationMs: number;
}

/** Something that a handler counted, added up: counts only grow. */
export interface CountMeasure {
  /** Tells it from other measures. */
  readonly kind: "count";
  /** The metric that it is of. */
  readonly name: string;
  /** How many were counted. */
  readonly value: number;
  /** What tells its series from others of the metric. */
  readonly labels: MeasureLabels;
}

/** A level that a handler put; the last one counts. */
export interface GaugeMeasure {
  /** Tells it from other measures. */
  readonly kind: "gauge";
  /** The metric that it is of. */
  readonly name: string;
  /** How high the level is. */
  readonly value: number;
  /** What tells its series from others of the metric. */
  readonly labels: MeasureLabels;
}

/** Values of a distribution, as a handler observed them. */
export interface ObservedMeasure {
  /** Tells it from other measures. */
  readonly kind: "observe";
  /** The metric that they are of. */
  readonly name: string;
  /** What was observed, each once. */
  readonly values: readonly number[];
  /** What tells their series from others of the metric. */
  readonly labels: MeasureLabels;
}

/**
 * What a handler measured; its kind says what else it has.
 *
 * @example
 * ```ts
 * import type { Measure } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const measured: readonly Measure[] = [
 *   { kind: "stream", firstChunkMs: 5, chunks: 3, durationMs: 20 },
 *   { kind: "count", name: "pages_total", value: 3, labels: {} },
 * ];
 * const counted = measured.filter((measure) => measure.kind === "count");
 * assert.deepEqual(counted.map(({ name, value }) => [name, value]), [["pages_total", 3]]);
 * ```
 */
export type Measure =
  | GenerationMeasure
  | StreamMeasure
  | CountMeasure
  | GaugeMeasure
  | ObservedMeasure;

/** Most measures in one frame. */
export const MAX_MEASURES = 128;

/** Most observed values in one frame, over all its measures. */
export const MAX_OBSERVED_VALUES = 1_024;

/** Most labels of a measure. */
export const MAX_MEASURE_LABELS = 16;

/** Most characters of a name or of a label's value. */
export const MAX_MEASURE_TEXT = 200;

/** The largest number of a measure, either way: sums of such numbers are numbers, too. */
export const MAX_MEASURE_NUMBER = 1e100;

/**
 * Whether a value is a number that can be measured.
 *
 * @param value any value
 * @example
 * ```ts
 * import { isMeasureNumber } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual([-0.5, NaN, 1e308].map(isMeasureNumber), [true, false, false]);
 * ```
 */
export function isMeasureNumber(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= MAX_MEASURE_NUMBER;
}

/**
 * Whether a value is a text that can be measured by: short, and without halves of characters, which
 * would all become the same one where they are shown.
 *
 * @param value any value
 * @example
 * ```ts
 * import { isMeasureText } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(["qwen3:8b", "\ud83d", 8].map(isMeasureText), [true, false, false]);
 * ```
 */
export function isMeasureText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_MEASURE_TEXT && value.isWellFormed();
}

/**
 * Whether a text may name a metric.
 *
 * @param name any value
 * @example
 * ```ts
 * import { isMetricName } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isMetricName("pages_total"), true);
 * assert.equal(isMetricName("2 pages"), false);
 * ```
 * @see https://prometheus.io/docs/concepts/data_model/
 */
export function isMetricName(name: unknown): name is string {
  return isMeasureText(name) && /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}

/**
 * Whether a text may name a label.
 *
 * @param name any value
 * @example
 * ```ts
 * import { isLabelName } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isLabelName("kind"), true);
 * assert.equal(isLabelName("__name__"), false);
 * ```
 * @see https://prometheus.io/docs/concepts/data_model/
 */
export function isLabelName(name: unknown): name is string {
  return isMeasureText(name) && /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/**
 * The JSON of measures, as `parseMeasures` reads it.
 *
 * @param measures what was measured
 * @example
 * ```ts
 * import { measuresJson, parseMeasures } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const measures = [{ kind: "stream", firstChunkMs: 5, chunks: 3, durationMs: 20 }] as const;
 * assert.deepEqual(parseMeasures(measuresJson(measures)).measures, measures);
 * ```
 */
export function measuresJson(measures: readonly Measure[]): Json[] {
  return measures.map((measure): JsonObject => {
    switch (measure.kind) {
      case "generation": {
        const { kind, model, provider, operation, errorType: error_type } = measure;
        return said({
          ...{ kind, model, provider, operation, error_type },
          duration_ms: rounded(measure.durationMs),
          first_token_ms: rounded(measure.firstTokenMs),
          input_tokens: measure.inputTokens,
          output_tokens: measure.outputTokens,
        });
      }
      case "stream": {
        const { kind, chunks } = measure;
        const first_chunk_ms = rounded(measure.firstChunkMs);
        return said({ kind, chunks, first_chunk_ms, duration_ms: rounded(measure.durationMs) });
      }
      case "count":
      case "gauge":
        return { ...measure, labels: { ...measure.labels } };
      case "observe":
        return { ...measure, values: [...measure.values], labels: { ...measure.labels } };
    }
  });
}

function said(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as JsonObject;
}

/** A microsecond is as exact as anybody reads it. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1_000) / 1_000;
}
