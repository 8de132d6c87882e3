import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
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
}

/** One message's way through one step. */
interface Visit {
  readonly branch: string;
  readonly index: number;
  readonly waitedMs: number;
  startedMs?: number;
  endedMs?: number;
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
  const visits = visitsOf(steps, updates, Date.parse(textOf(job.created_at)));
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
    const state = !hasOpen
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
    };
  });
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
      visit.branch === textOf(branch) && visit.endedMs === undefined &&
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
    if (status !== "completed") continue;
    // Who did the work measured it; reports of it may have come together.
    visit.startedMs = typeof took === "number" ? atMs - took : visit.startedMs ?? atMs;
    visit.endedMs = atMs;
  }
  return visits;
}

/** Whether a branch is another one's continuation: the same, or one that it fanned out into. */
function isSameWay(earlier: string, later: string): boolean {
  return earlier === later || later.startsWith(`${earlier}/`) || earlier.startsWith(`${later}/`);
}
