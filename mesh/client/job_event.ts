import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import type { JobProgress } from "../show/progress_line.ts";

/** Something that happened to a job, or the job as it is. */
export interface JobEvent {
  /** `partial` carries a chunk that a handler streamed, `job` the whole job. */
  readonly kind: "job" | "update" | "partial";
  /** What the gateway says of it. */
  readonly update: JsonObject;
}

/**
 * Reads how far a job is from something that happened to it.
 *
 * @param event what happened
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { progressOf } from "./job_event.ts";
 * const update = { progress_percent: 50, message: "processing", step: "ocr", timestamp: "…" };
 * assert.deepEqual(progressOf({ kind: "update", update }), {
 *   percent: 50, message: "processing", step: "ocr",
 * });
 * ```
 */
export function progressOf({ update }: JobEvent): JobProgress {
  const { progress_percent: percent, message, step, step_index: index, partial } = update;
  return {
    percent: typeof percent === "number" ? percent : 0,
    message: textOf(message),
    step: textOf(step),
    ...(typeof index === "number" && { stepIndex: index }),
    ...(partial !== undefined && { partial }),
  };
}

/**
 * Whether a job has ended; what is no job never will.
 *
 * @param job as the gateway shows it
 */
export function isOver({ status }: JsonObject): boolean {
  return status !== "Pending" && status !== "Running";
}

/**
 * Why a job failed, in a sentence.
 *
 * @param job as the gateway shows it
 */
export function reasonOf(job: JsonObject): string {
  const details = isJsonObject(job.error_details) ? job.error_details : {};
  const error = textOf(job.error) || "nobody said why";
  return typeof details.message === "string" && details.message !== error
    ? `${error}: ${details.message}`
    : error;
}

/**
 * A text, or nothing where the gateway has none.
 *
 * @param value any JSON
 */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
