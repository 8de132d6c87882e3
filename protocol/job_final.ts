import { trackBranch } from "./fan_out.ts";
import { isTerminal, type Job, type JobUpdate } from "./job.ts";
import {
  changed,
  describe,
  type JobChange,
  type JobChanged,
  type JobState,
  MAX_JOB_UPDATES,
  rerouteJob,
  withPercent,
} from "./job_change.ts";
import { applyDeadline, fail, unlessOver } from "./job_end.ts";
import { ALL_CHECKPOINTS, hasCheckpoint, progressUpdate } from "./job_progress.ts";
import type { Json } from "./json.ts";
import { type BranchReport, gatherBranches } from "./lineage.ts";
import type { FinalReport } from "./final_report.ts";
import { PROGRESS_STATUSES, progressPercent } from "./report.ts";

/**
 * Applies the end of a job or of one of its branches.
 *
 * The first report without a branch ends the job. With branches, a job succeeds when all have
 * ended, and fails with the first that was given up; later ones still count for its partial
 * results. Before success, points of executed steps that nobody reported are recorded, in order.
 *
 * @param state the job and, where the report has a branch, what is known of its lineage
 * @param report the report
 * @param now the time at which it came
 * @example
 * ```ts
 * import { applyFinal, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * const change = applyFinal({ job }, { status: "succeeded", result: { n: 1 } }, new Date());
 * assert.equal(change.kind, "changed");
 * if (change.kind !== "changed") throw new Error();
 * assert.equal(change.job.progressPercent, 100);
 * assert.deepEqual(change.result, { n: 1 });
 * assert.deepEqual(change.updates.map((update) => update.stepStatus), [
 *   "received", "processing", "completed", undefined,
 * ]);
 * assert.equal(applyFinal({ job: change.job }, { status: "failed" }, new Date()).kind, "unchanged");
 * ```
 */
export function applyFinal(state: JobState, report: FinalReport, now: Date): JobChange {
  if (report.branch !== undefined) {
    return applyBranchEnd(state, report as FinalReport & { branch: string }, now);
  }
  return unlessOver(
    state.job,
    now,
    () =>
      report.status === "failed"
        ? failBy(state.job, report, now)
        : succeed(state.job, report, report.result ?? null, now),
  );
}

/** What a job that fanned out has so far, in branch order; `null` where nothing is. */
export function partialResults(ended: readonly BranchReport[]): Json[] {
  return gatherBranches(ended).results;
}

function applyBranchEnd(
  state: JobState,
  report: FinalReport & { readonly branch: string },
  now: Date,
): JobChange {
  const { job, branches = new Map() } = state;
  const { branch: lineage, status: outcome, result } = report;
  const overdue = applyDeadline(job, now);
  if (job.status === "Succeeded" || branches.get(lineage)?.ended) return overdue;
  const { fanOut, branch, ancestors, mayBeComplete } = trackBranch(
    job.fanOut,
    branches,
    { lineage, percent: 100, ended: true },
    { step: job.route.current, percent: job.progressPercent },
  );
  const ended: BranchReport = { branch: lineage, outcome, ...(result !== undefined && { result }) };
  const recorded = { branches: [...ancestors, branch], ended };
  if (overdue.kind === "changed") return { ...overdue, ...recorded };
  if (isTerminal(job.status)) return { kind: "changed", job, updates: [], ...recorded };

  const moved = withPercent({ ...job, fanOut }, fanOut.sum / fanOut.leaves);
  if (outcome === "failed" || mayBeComplete) {
    if (!state.ended) return { kind: "needs_ended" };
    const gathered = gatherBranches([...state.ended, ended]);
    if (gathered.failed) return { ...failBy(moved, report, now), ...recorded };
    if (gathered.complete) return { ...succeed(moved, report, gathered.results, now), ...recorded };
  }
  const running: Job = { ...moved, status: "Running", updatedAt: now.toISOString() };
  const update = { ...describe(running, now, `branch ended: ${lineage}`), branch: lineage };
  return { ...changed(running, [update]), ...recorded };
}

function succeed(job: Job, report: FinalReport, result: Json, now: Date): JobChanged {
  const steps = report.steps ?? job.route.steps;
  const executed = Math.min(report.current ?? steps.length, steps.length);
  const { job: caughtUp, updates } = catchUp(job, steps, executed, now);
  const rerouted = rerouteJob(caughtUp, steps, executed);
  const done: Job = {
    ...rerouted,
    status: "Succeeded",
    progressPercent: 100,
    route: { ...rerouted.route, current: executed },
    totalSteps: steps.length,
    currentStep: steps[Math.max(executed - 1, 0)] ?? job.currentStep,
    ...(report.resultUri !== undefined && { resultUri: report.resultUri }),
    endedBy: "report",
    updatedAt: now.toISOString(),
  };
  return { ...changed(done, [...updates, describe(done, now, "job succeeded")]), result };
}

/**
 * Records the points of executed steps that nobody reported, in the words in which they are
 * reported, as far as there is room.
 */
function catchUp(
  job: Job,
  steps: readonly string[],
  executed: number,
  now: Date,
): { job: Job; updates: JobUpdate[] } {
  const updates: JobUpdate[] = [];
  const checkpoints = { ...job.checkpoints };
  let next: Job = { ...job, status: "Running" };
  for (let stepIndex = job.firstStep; stepIndex < executed; stepIndex++) {
    const step = steps[stepIndex] ?? "";
    checkpoints[stepIndex] = ALL_CHECKPOINTS;
    for (const status of PROGRESS_STATUSES) {
      if (updates.length >= MAX_JOB_UPDATES || hasCheckpoint(job, stepIndex, status)) continue;
      const point = { step, stepIndex, totalSteps: steps.length, status };
      next = withPercent(next, progressPercent(point));
      const message = `${status} ${status === "processing" ? "in" : "by"} ${step}`;
      updates.push(progressUpdate(next, { ...point, actorName: step, message }, now));
    }
  }
  return { job: { ...next, checkpoints }, updates };
}

function failBy(job: Job, report: FinalReport, now: Date): JobChanged {
  const message = report.errorDetails?.message;
  const error = report.error ??
    (typeof message === "string" ? message : "a branch of the job failed");
  const { steps = job.route.steps } = report;
  const rerouted = rerouteJob(job, steps, job.route.current);
  const { totalSteps } = report.steps ? { totalSteps: steps.length } : job;
  return fail({ ...rerouted, totalSteps }, {
    error,
    ...(report.errorDetails !== undefined && { errorDetails: report.errorDetails }),
    ...(report.resultUri !== undefined && { resultUri: report.resultUri }),
    endedBy: "report",
  }, now);
}
