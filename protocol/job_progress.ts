import { type Branch, trackBranch } from "./fan_out.ts";
import type { Job, JobUpdate } from "./job.ts";
import {
  changed,
  describe,
  type JobChange,
  type JobState,
  MAX_JOB_PARTIAL_CHARS,
  rerouteJob,
  UNCHANGED,
  withPercent,
} from "./job_change.ts";
import type { Json } from "./json.ts";
import { unlessOver } from "./job_end.ts";
import type { Heartbeat } from "./heartbeat.ts";
import {
  PROGRESS_STATUSES,
  progressPercent,
  type ProgressReport,
  type ProgressStatus,
} from "./report.ts";

/**
 * Applies a report about a step. Progress never goes down, and a job that has ended stays as it is.
 *
 * @param state the job and, where the report has a branch, what is known of its lineage
 * @param report the report
 * @param now the time at which it came
 * @example
 * ```ts
 * import { applyProgress, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a", "b"], timeoutSeconds: 9 }, new Date());
 * const report = {
 *   step: "a", stepIndex: 0, totalSteps: 2, status: "completed", actorName: "a", message: "",
 * } as const;
 * const change = applyProgress({ job }, report, new Date());
 * assert.equal(change.kind === "changed" && change.job.status, "Running");
 * assert.equal(change.kind === "changed" && change.job.progressPercent, 50);
 * ```
 */
export function applyProgress(state: JobState, report: ProgressReport, now: Date): JobChange {
  return unlessOver(state.job, now, () => {
    if (isRepeatedPartial(state, report)) return UNCHANGED;
    const { job, branches } = trackProgress(state, report);
    const partialChars = job.partialChars + sizeOf(report.partial);
    const running = advanceTo(job, report, now);
    if (partialChars > MAX_JOB_PARTIAL_CHARS) return changed(running, [], branches);
    const update = progressUpdate(running, report, now);
    return changed({ ...running, partialChars }, [update], branches);
  });
}

/**
 * Applies a sign of life: it starts a pending job, and an `error` is recorded (error-end may still
 * retry, so it does not end the job).
 *
 * @param job any job; one that has ended stays as it is
 * @param heartbeat the report
 * @param now the time at which it came
 * @example
 * ```ts
 * import { applyHeartbeat, createJob } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * const beat = { actorName: "a", status: "error", message: "out of memory" } as const;
 * const change = applyHeartbeat(job, beat, new Date());
 * assert.equal(change.kind === "changed" && change.job.status, "Running");
 * assert.equal(change.kind === "changed" && change.updates[0]?.message, "error: out of memory");
 * ```
 */
export function applyHeartbeat(job: Job, heartbeat: Heartbeat, now: Date): JobChange {
  return unlessOver(job, now, () => {
    const { status, stepIndex, branch, branchOutcome } = heartbeat;
    if (job.status !== "Pending" && status !== "error") return UNCHANGED;
    const running: Job = { ...job, status: "Running", updatedAt: now.toISOString() };
    const step = stepIndex === undefined ? undefined : job.route.steps[stepIndex];
    const update: JobUpdate = {
      ...describe(running, now, withStatus(status, heartbeat.message || heartbeat.actorName)),
      ...(step !== undefined && { step, stepIndex }),
      ...(status === "error" && { stepStatus: "error" }),
      ...(branch !== undefined && { branch }),
      ...(branchOutcome !== undefined && { branchOutcome }),
    };
    return changed(running, [update]);
  });
}

function sizeOf(partial: Json | undefined): number {
  return partial === undefined ? 0 : JSON.stringify(partial).length;
}

function isRepeatedPartial({ job, branches }: JobState, report: ProgressReport): boolean {
  const { branch, stepIndex, seq } = report;
  if (seq === undefined || report.partial === undefined) return false;
  const last = branch === undefined ? job.lastPartial : branches?.get(branch)?.lastPartial;
  return last !== undefined && last.stepIndex === stepIndex && seq <= last.seq;
}

/** Moves the percents of the job and of the reported branch. */
function trackProgress(
  { job, branches = new Map() }: JobState,
  report: ProgressReport,
): { job: Job; branches?: Branch[] } {
  const percent = progressPercent(report);
  if (report.branch === undefined) {
    const next = { ...job, lastPartial: newestPartial(job.lastPartial, report) };
    // Late news of the step that fanned out say nothing about its branches; a step behind a join
    // speaks for all of them again.
    const isLate = job.fanOut !== undefined && report.stepIndex <= job.fanOut.fromStep;
    return { job: isLate ? next : withPercent(next, percent) };
  }
  const { branch: lineage } = report;
  const { fanOut, branch, ancestors } = trackBranch(
    job.fanOut,
    branches,
    { lineage, percent, ended: false },
    { step: job.route.current, percent: job.progressPercent },
  );
  return {
    job: withPercent({ ...job, fanOut }, fanOut.sum / fanOut.leaves),
    branches: [
      ...ancestors,
      { ...branch, lastPartial: newestPartial(branch.lastPartial, report) },
    ],
  };
}

/** The newest streamed chunk; a step that begins (again) counts its chunks from the start. */
function newestPartial(before: Branch["lastPartial"], report: ProgressReport): typeof before {
  if (report.status === "received") return undefined;
  if (report.partial === undefined || report.seq === undefined) return before;
  return { stepIndex: report.stepIndex, seq: report.seq };
}

/** The job with a reported step as its current one, unless it is already further. */
function advanceTo(job: Job, report: ProgressReport, now: Date): Job {
  const { stepIndex } = report;
  const isFurther = stepIndex >= job.route.current;
  // Whoever names no steps did not change them: that was some step before.
  const atStep = report.steps ? stepIndex : job.rerouted?.atStep ?? 0;
  const { route, ...rerouted } = rerouteJob(job, reportedSteps(job, report), atStep);
  const totalSteps = report.steps ? route.steps.length : job.totalSteps;
  return {
    ...rerouted,
    status: "Running",
    route: isFurther ? { ...route, current: stepIndex } : route,
    ...(isFurther && { currentStep: report.step }),
    totalSteps: isFurther ? report.totalSteps : totalSteps,
    checkpoints: withCheckpoint(job.checkpoints, stepIndex, report.status),
    updatedAt: now.toISOString(),
  };
}

/**
 * The route as a report shows it. The steps' own words may come after those of the next step, and
 * count unless a later step has changed the route too. A reporter that names no steps, but another
 * number of them, shows at least its own; branches of a fan-out may well go different ways.
 */
function reportedSteps(job: Job, report: ProgressReport): readonly string[] {
  const { route: { steps }, rerouted } = job;
  const { stepIndex, step, totalSteps, branch } = report;
  if (report.steps) return stepIndex >= (rerouted?.atStep ?? 0) ? report.steps : steps;
  const isKnown = totalSteps === steps.length || stepIndex > steps.length;
  if (isKnown || branch !== undefined) return steps;
  return [...steps.slice(0, stepIndex), step, ...steps.slice(stepIndex + 1, totalSteps)];
}

/** A report as the update that watchers see. */
export function progressUpdate(job: Job, report: ProgressReport, now: Date): JobUpdate {
  return {
    ...describe(job, now, withStatus(report.status, report.message || report.step)),
    kind: report.partial === undefined ? "update" : "partial",
    step: report.step,
    stepIndex: report.stepIndex,
    stepStatus: report.status,
    ...(report.durationMs !== undefined && { durationMs: report.durationMs }),
    ...(report.branch !== undefined && { branch: report.branch }),
    ...(report.partial !== undefined && { partial: report.partial }),
  };
}

function withStatus(status: string, message: string): string {
  return message.startsWith(status) ? message : `${status}: ${message}`;
}

/** What is noted of a step of which every point was reported. */
export const ALL_CHECKPOINTS: number = (1 << PROGRESS_STATUSES.length) - 1;

/** Whether a point of a step was reported. */
export function hasCheckpoint(job: Job, stepIndex: number, status: ProgressStatus): boolean {
  return ((job.checkpoints[stepIndex] ?? 0) & bitOf(status)) !== 0;
}

function withCheckpoint(
  checkpoints: Job["checkpoints"],
  stepIndex: number,
  status: ProgressStatus,
): Job["checkpoints"] {
  return { ...checkpoints, [stepIndex]: (checkpoints[stepIndex] ?? 0) | bitOf(status) };
}

function bitOf(status: ProgressStatus): number {
  return 1 << PROGRESS_STATUSES.indexOf(status);
}
