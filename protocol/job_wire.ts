import { isTerminal, type Job, type JobUpdate } from "./job.ts";
import { partialResults } from "./job_final.ts";
import type { Json, JsonObject } from "./json.ts";
import type { BranchReport } from "./lineage.ts";

/** The parts of a job that may be large and are kept beside it. */
export interface JobValues {
  /** What it was called with; left out of lists. */
  readonly payload?: Json;
  /** What came of it, once it has succeeded. */
  readonly result?: Json;
  /** How its branches ended, where it fanned out and failed. */
  readonly ended?: readonly BranchReport[];
}

/**
 * A job as its callers read it.
 *
 * @param job the job
 * @param values its payload, result, and ended branches
 * @example
 * ```ts
 * import { createJob, jobToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * const wire = jobToWire(job, { payload: { page: 1 } });
 * assert.equal(wire.status, "Pending");
 * assert.equal(wire.total_steps, 1);
 * assert.deepEqual(wire.payload, { page: 1 });
 * ```
 */
export function jobToWire(job: Job, values: JobValues): JsonObject {
  const { payload, result, ended = [] } = values;
  return {
    id: job.id,
    status: job.status,
    tool: job.tool,
    route: {
      steps: [...job.route.steps],
      current: job.route.current,
      metadata: job.route.metadata,
    },
    ...(payload !== undefined && { payload }),
    ...(result !== undefined && { result }),
    ...(job.error !== undefined && { error: job.error }),
    ...(job.errorDetails !== undefined && { error_details: job.errorDetails }),
    timeout_seconds: job.timeoutSeconds,
    deadline: job.deadline,
    progress_percent: job.progressPercent,
    current_step: job.currentStep,
    steps_completed: stepsCompleted(job),
    total_steps: job.totalSteps,
    created_at: job.createdAt,
    updated_at: job.updatedAt,
    update_count: job.updateCount,
    ...(job.resultUri !== undefined && { result_uri: job.resultUri }),
    ...(ended.length > 0 && { partial_results: partialResults(ended) }),
    ...(job.replayOf !== undefined && { replay_of: job.replayOf }),
    ...(job.traceparent !== undefined && { trace_id: traceIdOf(job.traceparent) }),
  };
}

/**
 * An update as a job's watchers read it.
 *
 * @param jobId the job
 * @param update the update
 * @param result the job's result, shown with its terminal update
 * @example
 * ```ts
 * import { createJob, applyCancel, updateToWire } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date(0));
 * const change = applyCancel(job, new Date(0));
 * if (change.kind !== "changed") throw new Error();
 * assert.deepEqual(updateToWire("j", change.updates[0]!), {
 *   job_id: "j", status: "Failed", message: "job cancelled", progress_percent: 0,
 *   error: "job cancelled", timestamp: "1970-01-01T00:00:00.000Z",
 * });
 * ```
 */
export function updateToWire(jobId: string, update: JobUpdate, result?: Json): JsonObject {
  const isEnd = isTerminal(update.status);
  return {
    job_id: jobId,
    status: update.status,
    message: update.message,
    progress_percent: update.progressPercent,
    ...(update.step !== undefined && { step: update.step }),
    ...(update.stepIndex !== undefined && { step_index: update.stepIndex }),
    ...(update.stepStatus !== undefined && { step_status: update.stepStatus }),
    ...(update.durationMs !== undefined && { duration_ms: update.durationMs }),
    ...(update.branch !== undefined && { branch: update.branch }),
    ...(update.branchOutcome !== undefined && { branch_outcome: update.branchOutcome }),
    ...(update.partial !== undefined && { partial: update.partial }),
    ...(isEnd && result !== undefined && { result }),
    ...(update.error !== undefined && { error: update.error }),
    timestamp: update.timestamp,
  };
}

/** Steps of which somebody reported that they are done. */
function stepsCompleted(job: Job): number {
  const completed = 1 << 2;
  return Object.values(job.checkpoints).filter((points) => (points & completed) !== 0).length;
}

/** The trace that a `traceparent` names: `00-TRACE-SPAN-FLAGS`. */
function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
