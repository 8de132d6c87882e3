/**
 * What the author of a handler tests it with: one call of it, without a socket, a process or a
 * broker.
 *
 * What a handler itself needs may not enter here: that is in `@asya/runtime`.
 *
 * ```ts
 * import { runHandler } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const { payloads } = await runHandler((msg) => ({ length: msg.payload.text?.length }), {
 *   text: "four",
 * });
 * assert.deepEqual(payloads, [{ length: 4 }]);
 * ```
 *
 * @module
 */
export * from "./measures/no_metrics.ts";
export * from "./replay.ts";
export {
  type HandlerRun,
  type LogLine,
  type PayloadOptions,
  runHandler,
  type RunOptions,
} from "./run_handler.ts";

// What the signatures above mention, so that their users need no second import.
export type * from "./answer.ts";
export type * from "./handler.ts";
export type * from "./measures/handler_metrics.ts";
export type { Failure, FAILURE_CODES, FailureCode, Severity } from "@asya/protocol/failure";
export type { Json, JsonObject } from "@asya/protocol/json";
export type {
  CountMeasure,
  GaugeMeasure,
  GenerationMeasure,
  Measure,
  MeasureLabels,
  ObservedMeasure,
  StreamMeasure,
} from "@asya/protocol/measure";
export type { Output, Reply, Send } from "@asya/protocol/reply";
export type { RawBody } from "@asya/protocol/session";
