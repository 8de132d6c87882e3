import { isTerminal, type Job, readBookkeeping } from "@asya/protocol";
import { type Visit, waitedMs, workedMs } from "./visit.ts";

/** How a step of a route gets on, over all messages of the job. */
export type StepState =
  | "ahead"
  | "skipped"
  | "waiting"
  | "working"
  | "done"
  | "failed"
  | "stopped";

/** One step of a job's route, with what all of the job's messages did there. */
export interface StepSummary {
  readonly index: number;
  readonly name: string;
  readonly state: StepState;
  /** Messages of the job that came by. */
  readonly messages: number;
  /** Messages that the step is done with. */
  readonly done: number;
  /** Tries beyond the first of each message. */
  readonly retries: number;
  /** The longest that one of them waited, in milliseconds. */
  readonly longestWaitMs?: number;
  /** The longest that one of them was worked on; absent where nothing tells. */
  readonly longestWorkMs?: number;
  readonly isJoin: boolean;
  /** Whether the route as it was planned did not have it. */
  readonly isAdded: boolean;
}

/**
 * Sums up what happened at each step of a job's route.
 *
 * @param job the job
 * @param visits its visits
 * @param nowMs the time
 */
export function summarizeSteps(job: Job, visits: readonly Visit[], nowMs: number): StepSummary[] {
  const { steps } = job.route;
  const joins = readBookkeeping(job.route).joins ?? [];
  const byIndex = Map.groupBy(visits, ({ stepIndex }) => stepIndex);
  const furthest = Math.max(job.firstStep, ...byIndex.keys());
  const kept = job.rerouted && stepsKept(job.rerouted.planned, steps);
  return steps.map((name, index) => {
    const here = byIndex.get(index) ?? [];
    const latest = new Map(here.map((visit) => [visit.branch, visit]));
    const waits = here.map((visit) => waitedMs(visit, nowMs));
    const works = here.map((visit) => workedMs(visit, nowMs)).filter((ms) => ms !== undefined);
    return {
      index,
      name,
      state: stateOf(job, index, furthest, [...latest.values()]),
      messages: latest.size,
      done: [...latest.values()].filter(({ state }) => state === "done" || state === "joined")
        .length,
      retries: here.length - latest.size,
      ...(waits.length > 0 && { longestWaitMs: Math.max(...waits) }),
      ...(works.length > 0 && { longestWorkMs: Math.max(...works) }),
      isJoin: joins.includes(index),
      isAdded: kept !== undefined && !kept.has(index),
    };
  });
}

function stateOf(
  job: Job,
  index: number,
  furthest: number,
  latest: readonly Visit[],
): StepState {
  if (isWhereItFailed(job, index)) return "failed";
  if (latest.length === 0) {
    return index < furthest || isTerminal(job.status) ? "skipped" : "ahead";
  }
  const has = (...states: Visit["state"][]) => latest.some(({ state }) => states.includes(state));
  if (has("failed")) return "failed";
  if (has("working")) return "working";
  if (has("waiting", "held", "again")) return "waiting";
  // Of a join, the one message that goes on is done; until then it waits for others.
  if (has("joined") && !has("done")) {
    // It may have been a mere word of a branch's end that it went on by.
    if (index < furthest || job.status === "Succeeded") return "done";
    return isTerminal(job.status) ? "stopped" : "waiting";
  }
  return has("stopped") ? "stopped" : "done";
}

/** Whether a job failed at a join, which says no more of what it takes in than that it came. */
function isWhereItFailed({ route, status, endedBy, errorDetails }: Job, index: number): boolean {
  const isJoin = readBookkeeping(route).joins?.includes(index) ?? false;
  return isJoin && status === "Failed" && endedBy === "report" &&
    errorDetails?.step === route.steps[index];
}

/**
 * The positions of a route's steps that were planned: those at its beginning and its end which the
 * plan has in the same order. What lies between came in on the way.
 *
 * @param planned the route as it was at first
 * @param steps the route as it came to be
 */
export function stepsKept(planned: readonly string[], steps: readonly string[]): Set<number> {
  const most = Math.min(planned.length, steps.length);
  let head = 0;
  while (head < most && planned[head] === steps[head]) head++;
  let tail = 0;
  while (tail < most - head && planned.at(-1 - tail) === steps.at(-1 - tail)) tail++;
  const kept = new Set<number>();
  for (let index = 0; index < head; index++) kept.add(index);
  for (let index = steps.length - tail; index < steps.length; index++) kept.add(index);
  return kept;
}
