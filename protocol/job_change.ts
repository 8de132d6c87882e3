import type { Branch, KnownBranches } from "./fan_out.ts";
import { isTerminal, type Job, type JobUpdate } from "./job.ts";
import type { Json } from "./json.ts";
import type { BranchReport } from "./lineage.ts";
import { oneDecimal } from "./report.ts";
import { hasSameSteps, reroute } from "./reroute.ts";

/** What a transition looks at. */
export interface JobState {
  /** The job as it was last recorded. */
  readonly job: Job;
  /** The reported branch and its ancestors (see `lineageOf`), as far as they were heard of. */
  readonly branches?: KnownBranches;
  /** Every ended branch in the order of the reports; only needed when a transition asks for it. */
  readonly ended?: readonly BranchReport[];
}

/** What a transition leads to. */
export type JobChange =
  /** Nothing to record: the job is over, or the report repeats one. */
  | { readonly kind: "unchanged" }
  /** The decision needs {@linkcode JobState.ended}: run the transition again with it. */
  | { readonly kind: "needs_ended" }
  | {
    readonly kind: "changed";
    readonly job: Job;
    /** The job's result, with the transition to `Succeeded`. */
    readonly result?: Json;
    /** The branches to remember: the reported one, and ancestors that changed with it. */
    readonly branches?: readonly Branch[];
    /** The branch's end, to be added to {@linkcode JobState.ended}. */
    readonly ended?: BranchReport;
    /** In order; at most one of them is terminal, and then it is the last. */
    readonly updates: readonly JobUpdate[];
  };

/** The transition that records something. */
export type JobChanged = Extract<JobChange, { kind: "changed" }>;

/** Updates that are recorded for one job; progress beyond still moves the job, unrecorded. */
export const MAX_JOB_UPDATES = 10_000;

/** Streamed chunks that are recorded for one job, in characters of JSON text; the rest is not. */
export const MAX_JOB_PARTIAL_CHARS: number = 16 * 1024 * 1024;

/** The transition that records nothing. */
export const UNCHANGED: JobChange = { kind: "unchanged" };

/** A change, with no more updates recorded than a job may have; a terminal one always is. */
export function changed(
  job: Job,
  updates: readonly JobUpdate[],
  branches: readonly Branch[] = [],
): JobChanged {
  const room = Math.max(0, MAX_JOB_UPDATES - job.updateCount);
  const recorded = updates.filter((update, index) => index < room || isTerminal(update.status));
  return {
    kind: "changed",
    job: { ...job, updateCount: job.updateCount + recorded.length },
    ...(branches.length > 0 && { branches }),
    updates: recorded,
  };
}

/** An update that says where a job stands. */
export function describe(job: Job, now: Date, message: string): JobUpdate {
  return {
    kind: "update",
    status: job.status,
    message,
    progressPercent: job.progressPercent,
    timestamp: now.toISOString(),
  };
}

/**
 * A job whose route leads another way.
 *
 * @param job any job
 * @param steps all steps of its route now
 * @param atStep index of the step that has changed it
 */
export function rerouteJob(job: Job, steps: readonly string[], atStep: number): Job {
  if (hasSameSteps(job.route.steps, steps)) return job;
  const planned = job.rerouted?.planned ?? job.route.steps;
  return { ...job, route: reroute(job.route, steps), rerouted: { planned, atStep } };
}

/** A job at a percent, unless it is already further. */
export function withPercent<J extends Job>(job: J, percent: number): J {
  return { ...job, progressPercent: Math.max(job.progressPercent, oneDecimal(percent)) };
}
