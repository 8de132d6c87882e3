import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import {
  type GenerationMeasure,
  isLabelName,
  isMeasureNumber,
  isMeasureText,
  isMetricName,
  MAX_MEASURE_LABELS,
  MAX_MEASURES,
  MAX_OBSERVED_VALUES,
  type Measure,
  type MeasureLabels,
} from "./measure.ts";

/** Measures that could be read, and how many could not. */
export interface ParsedMeasures {
  /** Those that could be read. */
  readonly measures: readonly Measure[];
  /** How many could not. */
  readonly refused: number;
}

/**
 * Reads what a host says that its handler measured. What makes no sense is counted, and costs
 * nothing else: a handler's numbers never end its work.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseMeasures } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const count = { kind: "count", name: "pages_total", value: 3, labels: {} };
 * assert.deepEqual(parseMeasures([count, { kind: "count", name: "?", value: 1 }]), {
 *   measures: [count], refused: 1,
 * });
 * ```
 */
export function parseMeasures(value: Json | undefined): ParsedMeasures {
  if (!Array.isArray(value)) return { measures: [], refused: 1 };
  const measures: Measure[] = [];
  let room = MAX_OBSERVED_VALUES;
  for (const item of value.slice(0, MAX_MEASURES)) {
    const measure = isJsonObject(item) ? parseMeasure(item, room) : undefined;
    if (!measure) continue;
    if (measure.kind === "observe") room -= measure.values.length;
    measures.push(measure);
  }
  return { measures, refused: value.length - measures.length };
}

function parseMeasure(value: JsonObject, roomForValues: number): Measure | undefined {
  switch (value.kind) {
    case "generation":
      return parseGeneration(value);
    case "stream": {
      const { first_chunk_ms: firstChunkMs, chunks, duration_ms: durationMs } = value;
      if (!isAmount(firstChunkMs) || !isAmount(durationMs) || !isWhole(chunks)) return undefined;
      if (chunks === 0) return undefined;
      return { kind: "stream", firstChunkMs, chunks, durationMs };
    }
    case "count":
    case "gauge": {
      const { kind, name, value: amount } = value;
      const labels = parseLabels(value.labels);
      if (!isMeasureNumber(amount) || !labels || !isMetricName(name)) return undefined;
      return kind === "count" && amount < 0 ? undefined : { kind, name, value: amount, labels };
    }
    case "observe": {
      const { kind, name, values } = value;
      const labels = parseLabels(value.labels);
      if (!Array.isArray(values) || values.length === 0 || values.length > roomForValues) {
        return undefined;
      }
      if (!values.every(isMeasureNumber) || !labels || !isMetricName(name)) return undefined;
      return { kind, name, values, labels };
    }
    default:
      return undefined;
  }
}

function parseGeneration(value: JsonObject): GenerationMeasure | undefined {
  const { model, provider, operation, error_type: errorType } = value;
  const { duration_ms: durationMs, first_token_ms: firstTokenMs } = value;
  const { input_tokens: inputTokens, output_tokens: outputTokens } = value;
  const isLegal = isWord(model) && [provider, operation, errorType].every(orAbsent(isWord)) &&
    [durationMs, firstTokenMs].every(orAbsent(isAmount)) &&
    [inputTokens, outputTokens].every(orAbsent(isWhole));
  if (!isLegal) return undefined;
  return {
    kind: "generation",
    model,
    ...(isWord(provider) && { provider }),
    ...(isWord(operation) && { operation }),
    ...(isAmount(durationMs) && { durationMs }),
    ...(isAmount(firstTokenMs) && { firstTokenMs }),
    ...(isWhole(inputTokens) && { inputTokens }),
    ...(isWhole(outputTokens) && { outputTokens }),
    ...(isWord(errorType) && { errorType }),
  };
}

function parseLabels(value: Json | undefined): MeasureLabels | undefined {
  if (value === undefined) return {};
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value);
  const isLegal = entries.length <= MAX_MEASURE_LABELS &&
    entries.every(([name, text]) => isLabelName(name) && isMeasureText(text));
  return isLegal ? Object.fromEntries(entries) as MeasureLabels : undefined;
}

function orAbsent(test: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || test(value);
}

function isWord(value: unknown): value is string {
  return isMeasureText(value) && value !== "";
}

function isAmount(value: unknown): value is number {
  return isMeasureNumber(value) && value >= 0;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && isAmount(value);
}
