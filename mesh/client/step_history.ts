import { isJsonObject, type Json, type JsonObject, readBookkeeping } from "@asya/protocol";
import { textOf } from "./job_event.ts";

/** What became of one step of a job's route. */
export interface StepHistory {
  readonly name: string;
  readonly state: "waiting" | "received" | "working" | "done" | "failed" | "skipped";
  /** Milliseconds between the end of the step before, or the job's begin, and its own begin. */
  readonly waitedMs?: number;
  /** Milliseconds it has worked; until now where it still does. */
  readonly workedMs?: number;
  /** How many branches came through it, where the job fanned out. */
  readonly branches?: number;
  /** Branches that were given up here while their join decided what became of the job. */
  readonly failedBranches?: readonly FailedBranch[];
}

/** A branch that was given up before its join. */
export interface FailedBranch {
  /** Its lineage. */
  readonly branch: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** One message's way through one step. */
interface Visit {
  readonly branch: string;
  readonly index: number;
  readonly waitedMs: number;
  startedMs?: number;
  endedMs?: number;
  failed?: FailedBranch;
}

/**
 * What is known of each step of a job's route, from everything that happened to the job.
 *
 * Where updates name steps without their places, a step that stands in a route twice is told apart
 * by the order in which a branch comes to it.
 *
 * @param job as the gateway shows it
 * @param updates its updates, oldest first
 * @param nowMs the time, in milliseconds since 1970
 */
export function stepHistory(
  job: JsonObject,
  updates: readonly JsonObject[],
  nowMs: number,
): StepHistory[] {
  const route = isJsonObject(job.route) ? job.route : {};
  const steps = Array.isArray(route.steps) ? route.steps.map((step: Json) => textOf(step)) : [];
  const metadata = isJsonObject(route.metadata) ? route.metadata : {};
  const { joins = [] } = readBookkeeping({ steps, current: 0, metadata });
  const visits = withoutMarkers(
    visitsOf(steps, updates, Date.parse(textOf(job.created_at))),
    updates,
    joins,
  );
  const isOver = job.status === "Succeeded" || job.status === "Failed";
  const endMs = isOver ? Date.parse(textOf(job.updated_at)) : nowMs;
  const furthest = Math.max(-1, ...visits.map(({ index }) => index));
  return steps.map((name, index) => {
    const own = visits.filter((visit) => visit.index === index);
    if (own.length === 0) {
      const isSkipped = index < furthest || (isOver && job.status !== "Succeeded");
      return { name, state: isSkipped ? "skipped" : "waiting" };
    }
    const hasOpen = own.some(({ endedMs }) => endedMs === undefined);
    const started = own.flatMap(({ startedMs }) => startedMs ?? []);
    const failedBranches = own.flatMap(({ failed }) => failed ?? []);
    const state = failedBranches.length > 0
      ? "failed"
      : !hasOpen
      ? "done"
      : job.status === "Failed"
      ? "failed"
      : job.status === "Succeeded"
      ? "done"
      : started.length > 0
      ? "working"
      : "received";
    const workedMs = Math.max(0, ...own.map(({ endedMs = endMs }) => endedMs)) -
      Math.min(...started);
    return {
      name,
      state,
      waitedMs: Math.min(...own.map(({ waitedMs }) => waitedMs)),
      ...(started.length > 0 && { workedMs: Math.max(0, workedMs) }),
      ...(own.length > 1 && { branches: own.length }),
      ...(failedBranches.length > 0 && { failedBranches }),
    };
  });
}

/** What a branch that was given up brings to its join is word of its end, and no work. */
function withoutMarkers(
  visits: readonly Visit[],
  updates: readonly JsonObject[],
  joins: readonly number[],
): Visit[] {
  const failed = new Set(updates.filter(isGivenUp).map(({ branch }) => textOf(branch)));
  return visits.filter(({ branch, index, failed: lost }) =>
    !failed.has(branch) || !joins.includes(index) || lost !== undefined
  );
}

function isGivenUp(update: JsonObject): boolean {
  return update.branch_outcome === "failed";
}

function visitsOf(
  steps: readonly string[],
  updates: readonly JsonObject[],
  createdMs: number,
): Visit[] {
  const visits: Visit[] = [];
  for (const update of updates) {
    const { step, step_status: status, branch, step_index: place, duration_ms: took } = update;
    const atMs = Date.parse(textOf(update.timestamp));
    if (typeof step !== "string" || Number.isNaN(atMs)) continue;
    let visit = visits.findLast((visit) =>
      isOf(visit, update) && visit.endedMs === undefined &&
      (typeof place === "number" ? visit.index === place : steps[visit.index] === step)
    );
    if (!visit) {
      const last = visits.findLast((visit) => isSameWay(visit.branch, textOf(branch)));
      const index = steps.indexOf(step, (last?.index ?? -1) + 1);
      const known = typeof place === "number" ? place : index >= 0 ? index : steps.indexOf(step);
      if (known < 0) continue;
      const before = visits.filter(({ branch: earlier, index }) =>
        index < known && isSameWay(earlier, textOf(branch))
      );
      const ended = before.flatMap(({ endedMs }) => endedMs ?? []);
      const waitedMs = Math.max(0, atMs - Math.max(createdMs, ...ended));
      visit = { branch: textOf(branch), index: known, waitedMs };
      visits.push(visit);
    }
    if (status === "processing") visit.startedMs ??= atMs;
    if (isGivenUp(update)) {
      visit.endedMs = atMs;
      visit.failed = { branch: textOf(branch), reason: textOf(update.message) };
    }
    if (status !== "completed") continue;
    // Who did the work measured it; reports of it may have come together.
    visit.startedMs = typeof took === "number" ? atMs - took : visit.startedMs ?? atMs;
    visit.endedMs = atMs;
  }
  return visits;
}

/** Where a join fails, it is the branch that it was to put together which is given up. */
function isOf(visit: Visit, update: JsonObject): boolean {
  const branch = textOf(update.branch);
  return visit.branch === branch || (isGivenUp(update) && visit.branch.startsWith(`${branch}/`));
}

/** Whether a branch is another one's continuation: the same, or one that it fanned out into. */
function isSameWay(earlier: string, later: string): boolean {
  return earlier === later || later.startsWith(`${earlier}/`) || earlier.startsWith(`${later}/`);
}
