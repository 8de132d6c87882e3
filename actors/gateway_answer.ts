/** What became of a final report. */
export type ReportOutcome =
  /** The gateway has it, or needs it no more. */
  | { readonly kind: "reported" }
  /** The gateway does not know the job. */
  | { readonly kind: "unknown_job" }
  /** The gateway will never take this report. */
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  /** The gateway could not be asked, or may answer otherwise later. */
  | {
    readonly kind: "unavailable";
    readonly detail: string;
    /** Seconds the gateway asked to be left alone. */
    readonly retryAfterSeconds?: number;
  };

/** What one HTTP status means for a final report. */
export type ReportVerdict = ReportOutcome["kind"] | "too_large";

/**
 * Judges the gateway's answer to a final report.
 *
 * Only a status that says something about the report itself ends it; everything else (a wrong
 * token, a proxy's redirect, a gateway that is down) may be put right later, and must not cost a
 * result.
 *
 * @param status the HTTP status
 * @example
 * ```ts
 * import { judgeAnswer } from "./gateway_answer.ts";
 * import assert from "node:assert/strict";
 * assert.equal(judgeAnswer(200), "reported");
 * assert.equal(judgeAnswer(409), "reported");
 * assert.equal(judgeAnswer(422), "refused");
 * assert.equal(judgeAnswer(401), "unavailable");
 * ```
 */
export function judgeAnswer(status: number): ReportVerdict {
  if (status >= 200 && status < 300) return "reported";
  switch (status) {
    case 409:
    case 410:
      return "reported";
    case 404:
      return "unknown_job";
    case 413:
      return "too_large";
    case 400:
    case 422:
      return "refused";
    default:
      return "unavailable";
  }
}

/** What a terminal actor does after it reported. */
export type AfterReport = "done" | "dead_letter" | "try_later";

/**
 * Says what follows from a report: an outcome that was neither taken nor stored goes to the dead
 * letters, one that may be taken later is tried again.
 *
 * @param outcome what became of the report
 * @param stored whether the outcome is in the store
 * @example
 * ```ts
 * import { afterReport } from "./gateway_answer.ts";
 * import assert from "node:assert/strict";
 * assert.equal(afterReport({ kind: "unknown_job" }, true), "done");
 * assert.equal(afterReport({ kind: "unknown_job" }, false), "dead_letter");
 * ```
 */
export function afterReport(outcome: ReportOutcome, stored: boolean): AfterReport {
  switch (outcome.kind) {
    case "reported":
      return "done";
    case "unknown_job":
      return stored ? "done" : "dead_letter";
    case "refused":
      return "dead_letter";
    case "unavailable":
      return "try_later";
  }
}
