import { fingerprint, type Json } from "@asya/protocol";
import { branchesNeeded, decideJoin, type JoinRule, type JoinTally } from "./join_rule.ts";
import type { Arrival, FailedBranch, JoinAnswer, JoinGroup, Merged } from "./join_state.ts";

/** A span has no more links than that, unless OpenTelemetry is told otherwise. */
const MAX_TRACES = 128;

/** One run of a fan-out, counted. */
export interface RunTally extends JoinTally {
  /** `"<count>:<group>"`, as in the lineage. */
  readonly run: string;
  /** The first of its branches that was heard to have failed. */
  readonly firstFailed?: FailedBranch;
}

/** One arrival among all of a fan-out. */
interface ArrivalName {
  readonly run: string;
  readonly index: number;
}

/** What was decided about a fan-out, and which arrival is answered with it. */
export interface JoinVerdict extends ArrivalName {
  readonly answer: DecidedAnswer;
}

/** A decision, without the branches that are merged. */
type DecidedAnswer =
  | {
    readonly kind: "merge";
    readonly winner: string;
    readonly count: number;
    readonly isPartial: boolean;
    readonly traces?: readonly string[];
  }
  | Extract<JoinAnswer, { kind: "fail" }>;

/** What is known of a fan-out besides what its branches brought. */
export interface FanOutRecord {
  /** When its first branch arrived, in milliseconds since the epoch. */
  readonly beganMs: number;
  /** When it may be forgotten. */
  readonly expiresMs: number;
  /** Its runs, in the order of being heard of. */
  readonly runs: readonly RunTally[];
  /** Where its branches were taken in, as `traceparent`s: those that are recorded, and not all. */
  readonly traces?: readonly string[];
  /** The arrival that is shown again when the time is over, where there is a time. */
  readonly alarm?: ArrivalName;
  /** Set for good once the join has gone on or failed. */
  readonly verdict?: JoinVerdict;
}

/** A fan-out as an arrival finds it. */
export interface FoundFanOut {
  readonly record: FanOutRecord;
  /** Whether this branch of this run is kept already. */
  readonly isKept: boolean;
}

/** What is to be done about an arrival, all of it or nothing, and then answered. */
export interface JoinPlan {
  /** Whether to keep what the branch brought. */
  readonly keep: boolean;
  /** What the record becomes, where it changes. */
  readonly record?: FanOutRecord;
  readonly answer: Exclude<JoinAnswer, { kind: "merge" }> | DecidedAnswer;
}

/** The time, and how long a decision is remembered, in milliseconds. */
export interface JoinTime {
  readonly nowMs: number;
  readonly keepMs: number;
}

/**
 * The name of a fan-out in a store: short, whatever its job and its lineage are called.
 *
 * @param group the fan-out; which of its runs does not matter
 */
export function keyOf({ jobId, stepIndex, parent }: JoinGroup): string {
  return fingerprint(JSON.stringify([jobId, stepIndex, parent]), 32);
}

/**
 * The name of a fan-out's run, as in the lineage.
 *
 * @param group the fan-out
 */
export function runOf({ count, group }: JoinGroup): string {
  return `${count}:${group}`;
}

/**
 * What is recorded of a fan-out of which nothing is.
 *
 * @param rule how the join waits
 * @param time the time
 */
export function firstRecord(
  { timeoutMs = 0 }: JoinRule,
  { nowMs, keepMs }: JoinTime,
): FanOutRecord {
  return { beganMs: nowMs, expiresMs: nowMs + timeoutMs + keepMs, runs: [] };
}

/**
 * Decides what an arrival means for its fan-out.
 *
 * Of all arrivals the one that decides is answered with the decision, and again whenever it comes
 * again; all others wait. When the time is over, whichever arrival comes next decides: that is the
 * first of all, which is shown again then.
 *
 * @param found the fan-out as it is
 * @param group which run of it the arrival belongs to
 * @param arrival the branch, and how it came
 * @param rule how the join waits
 * @param time the time
 */
export function planArrival(
  found: FoundFanOut,
  group: JoinGroup,
  arrival: Arrival,
  rule: JoinRule,
  { nowMs, keepMs }: JoinTime,
): JoinPlan {
  const name = { run: runOf(group), index: arrival.index };
  const { record: before, isKept } = found;
  if (before.verdict) return { keep: false, answer: answerAfter(before.verdict, name, isKept) };
  const { timeoutMs } = rule;
  const alarm = before.alarm ?? (timeoutMs === undefined ? undefined : name);
  const runs = isKept ? before.runs : counted(before.runs, name.run, group.count, arrival);
  // Nothing begins later than now: where the clock was set back, the time is counted from here.
  const beganMs = Math.min(before.beganMs, nowMs);
  const traces = isKept ? before.traces : withTrace(before.traces, arrival);
  const record = { ...before, beganMs, runs, ...(alarm && { alarm }), ...(traces && { traces }) };
  const endMs = timeoutMs === undefined ? Infinity : beganMs + timeoutMs;
  const judged = judge(runs, name.run, rule, nowMs >= endMs);
  if (judged) {
    const { traces: others } = before;
    const answer = judged.kind === "merge" && others ? { ...judged, traces: others } : judged;
    const verdict = { ...name, answer };
    return { keep: !isKept, record: { ...record, expiresMs: nowMs + keepMs, verdict }, answer };
  }
  const isAlarm = endMs < Infinity && isSame(alarm, name);
  return {
    keep: !isKept,
    ...((!isKept || alarm !== before.alarm || beganMs < before.beganMs) && { record }),
    answer: { kind: "wait", ...(isAlarm && { wakeMs: endMs - nowMs }) },
  };
}

/**
 * Puts a run's branches together.
 *
 * @param count how many it has
 * @param kept those that came, in any order
 * @example
 * ```ts
 * import { mergeBranches } from "./join_plan.ts";
 * import assert from "node:assert/strict";
 * const kept = [{ index: 2, outcome: "arrived", payload: "c" }, { index: 0, outcome: "empty" }] as const;
 * assert.deepEqual(mergeBranches(3, kept), {
 *   branches: [null, null, "c"], missing: [1], failed: [],
 * });
 * ```
 */
export function mergeBranches(count: number, kept: readonly Arrival[]): Merged {
  const branches: Json[] = Array(count).fill(null);
  const heard = new Set(kept.map(({ index }) => index));
  for (const { index, payload } of kept) if (payload !== undefined) branches[index] = payload;
  return {
    branches,
    missing: branches.keys().filter((index) => !heard.has(index)).toArray(),
    failed: kept.filter(({ outcome }) => outcome === "failed").map(failedBranch)
      .toSorted((one, other) => one.index - other.index),
  };
}

/** Adds where a branch was taken in; of more nobody would be told. */
function withTrace(
  known: readonly string[] | undefined,
  { traceparent }: Arrival,
): readonly string[] | undefined {
  if (traceparent === undefined || (known && known.length >= MAX_TRACES)) return known;
  return [...known ?? [], traceparent];
}

function answerAfter(verdict: JoinVerdict, name: ArrivalName, isKept: boolean): JoinPlan["answer"] {
  const { answer } = verdict;
  if (isSame(verdict, name)) return answer;
  // What another run brings was done twice; what was kept is only delivered again.
  const winner = answer.kind === "merge" ? answer.winner : verdict.run;
  if (isKept || name.run !== winner) return { kind: "wait" };
  return { kind: "late", after: answer.kind };
}

/** What the runs amount to: the arrival's own, or any of them once the time is over. */
function judge(
  runs: readonly RunTally[],
  own: string,
  rule: JoinRule,
  isOver: boolean,
): DecidedAnswer | undefined {
  // The one that has most counts; of equal ones the first.
  const judged = isOver
    ? runs.toSorted((one, other) => other.ended - one.ended)
    : runs.filter(({ run }) => run === own);
  const decided = (kind: string) => judged.find((one) => decideJoin(one, rule, isOver) === kind);
  const merging = decided("merge");
  if (merging) {
    const { run: winner, count } = merging;
    return { kind: "merge", winner, count, isPartial: rule.quorum !== undefined };
  }
  const failing = decided("fail");
  return failing && { kind: "fail", reason: whyFailed(failing, rule) };
}

function counted(
  runs: readonly RunTally[],
  run: string,
  count: number,
  arrival: Arrival,
): RunTally[] {
  const isKnown = runs.some((one) => one.run === run);
  const all = isKnown ? runs : [...runs, { run, count, ended: 0, failed: 0 }];
  return all.map((one) => {
    if (one.run !== run) return one;
    if (arrival.outcome !== "failed") return { ...one, ended: one.ended + 1 };
    return { firstFailed: failedBranch(arrival), ...one, failed: one.failed + 1 };
  });
}

function failedBranch({ index, error }: Arrival): FailedBranch {
  return { index, ...(error !== undefined && { error }) };
}

function whyFailed({ count, ended, failed, firstFailed }: RunTally, rule: JoinRule): string {
  const why = firstFailed?.error === undefined ? "" : `: ${firstFailed.error}`;
  const first = firstFailed && `branch ${firstFailed.index + 1} of ${count} failed${why}`;
  const needed = branchesNeeded(rule, count);
  if (count - failed >= needed) {
    const others = first === undefined ? "" : `; ${first}`;
    return `${ended} of ${count} branches had ended well after ${rule.timeoutMs} ms, ` +
      `${needed} are needed${others}`;
  }
  return needed === count
    ? `${first}`
    : `${failed} of ${count} branches failed, and ${needed} are needed; the first: ${first}`;
}

function isSame(one: ArrivalName | undefined, other: ArrivalName): boolean {
  return one?.run === other.run && one.index === other.index;
}
