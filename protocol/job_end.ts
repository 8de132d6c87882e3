import { isTerminal, type Job } from "./job.ts";
import { changed, describe, type JobChange, type JobChanged, UNCHANGED } from "./job_change.ts";

/** What a failed job shows instead of 100 percent. */
const FAILED_AT_MOST = 99.9;

/**
 * Fails a job whose deadline has passed, and leaves every other one as it is.
 *
 * @param job any job
 * @param now the time to compare with
 * @example
 * ```ts
 * import { applyDeadline, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date(0));
 * assert.equal(applyDeadline(job, new Date(8_999)).kind, "unchanged");
 * const change = applyDeadline(job, new Date(9_000));
 * assert.equal(change.kind === "changed" && change.job.error, "job timed out");
 * ```
 */
export function applyDeadline(job: Job, now: Date): JobChange {
  if (isTerminal(job.status) || now.getTime() < Date.parse(job.deadline)) return UNCHANGED;
  return fail(job, { error: "job timed out", endedBy: "deadline" }, now);
}

/**
 * Fails a job that somebody does not want any more.
 *
 * @param job any job; one that has ended stays as it is
 * @param now the time of the wish
 * @example
 * ```ts
 * import { applyCancel, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * const change = applyCancel(job, new Date());
 * assert.equal(change.kind === "changed" && change.job.error, "job cancelled");
 * ```
 */
export function applyCancel(job: Job, now: Date): JobChange {
  return unlessOver(
    job,
    now,
    () => fail(job, { error: "job cancelled", endedBy: "cancel" }, now),
  );
}

/**
 * Fails a job whose message no queue took.
 *
 * @param job any job; one that has ended stays as it is
 * @param error one sentence that names the queue
 * @param now the time of giving up
 * @example
 * ```ts
 * import { applyUndeliverable, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * const change = applyUndeliverable(job, 'no queue named "a"', new Date());
 * assert.equal(change.kind === "changed" && change.job.status, "Failed");
 * ```
 */
export function applyUndeliverable(job: Job, error: string, now: Date): JobChange {
  return unlessOver(job, now, () =>
    fail(job, {
      error,
      errorDetails: { code: "route_error", message: error, step: job.currentStep },
      endedBy: "undeliverable",
    }, now));
}

/** Applies a transition to a job that is neither over nor overdue. */
export function unlessOver(job: Job, now: Date, transition: () => JobChange): JobChange {
  if (isTerminal(job.status)) return UNCHANGED;
  const overdue = applyDeadline(job, now);
  return overdue.kind === "unchanged" ? transition() : overdue;
}

/** Fails a job, whatever it did before. */
export function fail(
  job: Job,
  end: Required<Pick<Job, "error" | "endedBy">> & Pick<Job, "errorDetails" | "resultUri">,
  now: Date,
): JobChanged {
  const progress = job.progressPercent >= 100 ? FAILED_AT_MOST : job.progressPercent;
  const failed: Job = {
    ...job,
    ...end,
    status: "Failed",
    progressPercent: progress,
    updatedAt: now.toISOString(),
  };
  const update = { ...describe(failed, now, failureMessage(end)), error: end.error };
  return changed(failed, [update]);
}

function failureMessage({ error, errorDetails }: Pick<Job, "error" | "errorDetails">): string {
  const reason = errorDetails?.message;
  const because = typeof reason === "string" && reason !== error ? `: ${reason}` : "";
  return error === "job cancelled" || error === "job timed out"
    ? error
    : `job failed: ${error}${because}`;
}
