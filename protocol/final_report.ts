import type { Json, JsonObject } from "./json.ts";
import { lineage } from "./lineage_schema.ts";
import {
  anyObject,
  anything,
  choice,
  convert,
  count,
  list,
  object,
  optionalOrNull,
  optionalText,
  type ReadResult,
  readWith,
  type Schema,
  text,
} from "./schema.ts";

/** How a job, or one branch of it, ended. */
export interface FinalReport {
  /** The job, where the report repeats it. */
  readonly jobId?: string;
  /** `failed` only when nobody tries again. */
  readonly status: "succeeded" | "failed";
  /** What came of it, any JSON; absent where it is only stored (see `resultUri`). */
  readonly result?: Json;
  /** A failure's code, or free text. */
  readonly error?: string;
  /** What the failing step said: `message`, `type`, `severity`, `step` and the like. */
  readonly errorDetails?: JsonObject;
  /** Fan-out lineage of the message that ended. */
  readonly branch?: string;
  /** The route as it was when it ended: handlers may have changed it. */
  readonly steps?: readonly string[];
  /** Steps of that route that have run. */
  readonly current?: number;
  /** Where the result is stored. */
  readonly resultUri?: string;
  /** RFC 3339 time at which it ended, by the reporter's clock. */
  readonly timestamp?: string;
}

const given = object({
  jobId: optionalText("the job, where the report repeats it"),
  status: choice(["succeeded", "failed"], "failed only when nobody tries again"),
  result: anything("what came of it"),
  error: optionalText("a failure's code, or free text"),
  errorDetails: optionalOrNull(
    anyObject("what the failing step said: message, type, severity and the like"),
  ),
  branch: lineage,
  steps: optionalOrNull(
    list(
      text("a queue's name", { minLength: 0, allowed: "a queue's name" }),
      "the route as it was when it ended",
      {
        minItems: 1,
        allowed: "a non-empty list of queue names",
      },
    ),
  ),
  current: optionalOrNull(count(0, "steps of that route that have run")),
  metadata: optionalOrNull(object({
    s3Uri: anything("where the result is stored; what is no text is ignored"),
  })),
  timestamp: optionalText("RFC 3339 time at which it ended, by the reporter's clock"),
}, { description: "How a job, or a branch of it, ended; further fields are ignored." });

/** Reads a final report; fields it does not know (`progress` among them) are ignored. */
export const finalReportSchema: Schema<FinalReport> = convert(given, ({ metadata, ...report }) => {
  const uri = metadata?.s3Uri;
  return { ...report, ...(typeof uri === "string" && uri !== "" && { resultUri: uri }) };
});

/**
 * Parses a final report. Fields it does not know (`progress` among them) are ignored.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseFinalReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const parsed = parseFinalReport({
 *   status: "succeeded", result: { answer: 42 }, metadata: { s3_uri: "s3://bucket/key" },
 * });
 * assert.equal(parsed.ok && parsed.value.resultUri, "s3://bucket/key");
 * const bad = parseFinalReport({ status: "ok" });
 * assert.deepEqual(bad.ok ? [] : bad.problems, [
 *   'status is "ok"; succeeded or failed is allowed',
 * ]);
 * ```
 */
export function parseFinalReport(value: unknown): ReadResult<FinalReport> {
  return readWith(finalReportSchema, value, "the report");
}

/**
 * The JSON of a final report.
 *
 * @param report the report
 * @example
 * ```ts
 * import { finalToWire, type FinalReport, parseFinalReport } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const report: FinalReport = {
 *   jobId: "j1", status: "failed", error: "processing_error", branch: "/0:2:ab",
 *   steps: ["ocr"], current: 0, resultUri: "file:///errors/j1.json",
 * };
 * assert.deepEqual(parseFinalReport(finalToWire(report)), { ok: true, value: report });
 * ```
 */
export function finalToWire(report: FinalReport): JsonObject {
  return {
    ...pick("job_id", report.jobId),
    status: report.status,
    ...pick("result", report.result),
    ...pick("error", report.error),
    ...pick("error_details", report.errorDetails),
    ...pick("branch", report.branch),
    ...pick("steps", report.steps && [...report.steps]),
    ...pick("current", report.current),
    ...(report.resultUri !== undefined && { metadata: { s3_uri: report.resultUri } }),
    ...pick("timestamp", report.timestamp),
  };
}

function pick<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
