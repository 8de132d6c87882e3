import { readBookkeeping, writeBookkeeping } from "./bookkeeping.ts";
import type { Branch, FanOut } from "./fan_out.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ProgressStatus } from "./report.ts";
import { reroute } from "./reroute.ts";
import type { Route } from "./route.ts";

/** `Pending → Running → Succeeded | Failed`; `Unknown` only when an older store says so. */
export type JobStatus = "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";

/** What ended a job: its own outcome, somebody's wish, its deadline, or a queue that is not there. */
export type JobEnd = "report" | "cancel" | "deadline" | "undeliverable";

/** What a gateway remembers of a call, without its payload and its result, which may be large. */
export interface Job {
  /** Unique in its store; a UUID where this toolkit chose it. */
  readonly id: string;
  /** Where it stands; `Succeeded` and `Failed` are for good. */
  readonly status: JobStatus;
  /** Name of the tool that was called. */
  readonly tool: string;
  /** `current` is the furthest step that anybody reported. */
  readonly route: Route;
  /** Index of the step the job began with; above 0 in a replay. */
  readonly firstStep: number;
  /** Set once a step has changed the route: what it was at first, and which step changed it last. */
  readonly rerouted?: { readonly planned: readonly string[]; readonly atStep: number };
  /** Name of the furthest step that was reported. */
  readonly currentStep: string;
  /** Steps in the route as the latest report knew it. */
  readonly totalSteps: number;
  /** 0 to 100, one decimal. */
  readonly progressPercent: number;
  /** What was reported of each step, by its index: a bit per point of {@linkcode ProgressStatus}. */
  readonly checkpoints: Readonly<Record<string, number>>;
  /** How many updates were recorded. */
  readonly updateCount: number;
  /** Size of all streamed chunks that were recorded, as JSON text. */
  readonly partialChars: number;
  /** What is known of its branches, once it has fanned out. */
  readonly fanOut?: FanOut;
  /** The newest streamed chunk outside of any fan-out. */
  readonly lastPartial?: Branch["lastPartial"];
  /** Why it failed: a failure's code, or a sentence. */
  readonly error?: string;
  /** What the failing step said: `message`, `type`, `severity`, `step` and the like. */
  readonly errorDetails?: JsonObject;
  /** What ended it; absent while it is active. */
  readonly endedBy?: JobEnd;
  /** Seconds from its creation to its deadline. */
  readonly timeoutSeconds: number;
  /** RFC 3339 time at which it fails if it has not ended. */
  readonly deadline: string;
  /** RFC 3339 time at which it began. */
  readonly createdAt: string;
  /** RFC 3339 time of the latest change. */
  readonly updatedAt: string;
  /** Where its outcome is stored, such as `s3://bucket/key`. */
  readonly resultUri?: string;
  /** The job this one replays. */
  readonly replayOf?: string;
  /** Who called it, where callers have names. */
  readonly owner?: string;
  /** Where its first message stands in a distributed trace, as a W3C `traceparent`. */
  readonly traceparent?: string;
}

/** What a job begins with. */
export interface NewJob {
  /** Unique in its store. */
  readonly id: string;
  /** Name of the tool that is called. */
  readonly tool: string;
  /** Queue names of the whole route, in order; not empty. */
  readonly steps: readonly string[];
  /** Index of the step to begin with. */
  readonly firstStep?: number;
  /** The sender's `route.metadata`. */
  readonly metadata?: JsonObject;
  /** Indices of the route's join steps. */
  readonly joins?: readonly number[];
  /** How failed work is tried again, by step, as it is written in messages. */
  readonly retry?: JsonObject;
  /** How its joins wait, by step, as it is written in messages. */
  readonly join?: JsonObject;
  /** Seconds it may take, above 0. */
  readonly timeoutSeconds: number;
  /** Id of the job it replays. */
  readonly replayOf?: string;
  /** Who calls it: a token's name or a subject. */
  readonly owner?: string;
  /** Where its first message stands in a distributed trace, as a W3C `traceparent`. */
  readonly traceparent?: string;
}

/** One thing that happened to a job, as its watchers see it. */
export interface JobUpdate {
  /** `partial` carries a chunk that a handler streamed. */
  readonly kind: "update" | "partial";
  /** The job's status with this update. */
  readonly status: JobStatus;
  /** A sentence; that of a progress update begins with its step's status. */
  readonly message: string;
  /** The job's percent with this update, 0 to 100, one decimal. */
  readonly progressPercent: number;
  /** Name of the step it is about. */
  readonly step?: string;
  /** 0-based position of that step in the route. */
  readonly stepIndex?: number;
  /** The point that step has reached; `error` when its actor said so. */
  readonly stepStatus?: ProgressStatus | "error";
  /** Milliseconds that the step measured so far, by its own clock. */
  readonly durationMs?: number;
  /** Fan-out lineage of the message it is about (see `lineage.ts`). */
  readonly branch?: string;
  /** Set where that branch was given up before a join, which decides what becomes of the job. */
  readonly branchOutcome?: "failed";
  /** The streamed chunk, any JSON, with the kind `partial`. */
  readonly partial?: Json;
  /** Why the job failed, with its terminal update. */
  readonly error?: string;
  /** RFC 3339 time at which the gateway recorded it. */
  readonly timestamp: string;
}

/**
 * A job as it begins: pending, with its deadline, and with both times in its route's bookkeeping.
 *
 * @param job what it begins with; `timeoutSeconds` above 0, `steps` not empty
 * @param now the time at which it begins
 * @example
 * ```ts
 * import { createJob, readBookkeeping } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const now = new Date("2026-01-01T00:00:00Z");
 * const job = createJob({ id: "j1", tool: "scan", steps: ["ocr"], timeoutSeconds: 60 }, now);
 * assert.equal(job.status, "Pending");
 * assert.equal(job.deadline, "2026-01-01T00:01:00.000Z");
 * assert.equal(readBookkeeping(job.route).deadline, job.deadline);
 * ```
 */
export function createJob(job: NewJob, now: Date): Job {
  const { id, tool, steps, firstStep = 0, metadata = {}, timeoutSeconds } = job;
  const createdAt = now.toISOString();
  const deadline = new Date(now.getTime() + timeoutSeconds * 1000).toISOString();
  const { asya: _, ...own } = metadata;
  const route = writeBookkeeping({ steps, current: firstStep, metadata: own }, {
    created: createdAt,
    deadline,
    ...(job.replayOf !== undefined && { replay: job.replayOf }),
    ...(job.joins !== undefined && job.joins.length > 0 && { joins: [...job.joins] }),
    ...(job.retry !== undefined && Object.keys(job.retry).length > 0 && { retry: job.retry }),
    ...(job.join !== undefined && Object.keys(job.join).length > 0 && { join: job.join }),
  });
  return {
    id,
    status: "Pending",
    tool,
    route,
    firstStep,
    currentStep: steps[firstStep] ?? "",
    totalSteps: steps.length,
    progressPercent: 0,
    checkpoints: {},
    updateCount: 0,
    partialChars: 0,
    timeoutSeconds,
    deadline,
    createdAt,
    updatedAt: createdAt,
    ...(job.replayOf !== undefined && { replayOf: job.replayOf }),
    ...(job.owner !== undefined && { owner: job.owner }),
    ...(job.traceparent !== undefined && { traceparent: job.traceparent }),
  };
}

/**
 * What a replay of a job begins with: the same tool and full route, from a given step. From its
 * first step on a replay takes the route as it was planned, since the steps that changed it run
 * again; from any other, the route that it came to be.
 *
 * @param job the job to replay, in whatever state
 * @param replay the new job's id, and the 0-based step to begin with
 * @returns the new job, or the problem with `fromStep`
 * @example
 * ```ts
 * import { createJob, replayOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const old = createJob({ id: "j1", tool: "t", steps: ["a", "b"], timeoutSeconds: 9 }, new Date());
 * const replay = replayOf(old, { id: "j2", fromStep: 1 });
 * assert.equal(replay.ok && replay.job.replayOf, "j1");
 * assert.equal(replayOf(old, { id: "j2", fromStep: 2 }).ok, false);
 * ```
 */
export function replayOf(
  job: Job,
  replay: { readonly id: string; readonly fromStep: number; readonly owner?: string },
): { ok: true; job: NewJob } | { ok: false; problem: string } {
  const { id, fromStep, owner } = replay;
  const isWhole = fromStep === job.firstStep && job.rerouted !== undefined;
  const route = isWhole
    ? reroute({ ...job.route, current: fromStep }, job.rerouted.planned)
    : job.route;
  const { steps, metadata } = route;
  if (!Number.isInteger(fromStep) || fromStep < 0 || fromStep >= steps.length) {
    const problem = `from_step is ${fromStep}; an integer from 0 to ${steps.length - 1} is allowed`;
    return { ok: false, problem };
  }
  const { tool, timeoutSeconds } = job;
  const { joins, retry, join } = readBookkeeping(route);
  return {
    ok: true,
    job: {
      id,
      tool,
      steps,
      firstStep: fromStep,
      metadata,
      ...(joins !== undefined && { joins }),
      ...(retry !== undefined && { retry }),
      ...(join !== undefined && { join }),
      timeoutSeconds,
      replayOf: job.id,
      ...(owner !== undefined && { owner }),
    },
  };
}

/**
 * Whether a job has ended, so that nothing changes it any more.
 *
 * @param status a job's status
 * @example
 * ```ts
 * import { isTerminal } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isTerminal("Running"), false);
 * assert.equal(isTerminal("Failed"), true);
 * ```
 */
export function isTerminal(status: JobStatus): boolean {
  return status === "Succeeded" || status === "Failed";
}

/**
 * Whether work on a job should stop: it was cancelled or its time is over. A job that a branch has
 * failed lets its other branches go on.
 *
 * @param job any job
 * @example
 * ```ts
 * import { applyCancel, createJob, isInactive } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const job = createJob({ id: "j", tool: "t", steps: ["a"], timeoutSeconds: 9 }, new Date());
 * assert.equal(isInactive(job), false);
 * const change = applyCancel(job, new Date());
 * assert.equal(change.kind === "changed" && isInactive(change.job), true);
 * ```
 */
export function isInactive(job: Job): boolean {
  return job.endedBy === "cancel" || job.endedBy === "deadline";
}
