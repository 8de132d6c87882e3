import type { ActorOverview, Overview } from "./overview.ts";

/** How far back "at this moment" reaches, in seconds: long enough to be a rate. */
const RECENT_SECONDS = 30;

/** What a page tells of a whole mesh. */
export interface Figures {
  /** Jobs that ended, per second, at this moment. */
  readonly endedPerSecond: number;
  /** Jobs that ended, per second, in each slot. */
  readonly ended: readonly number[];
  /** Jobs that were accepted, per second, in each slot. */
  readonly started: readonly number[];
  readonly startedPerSecond: number;
  readonly inFlight: number;
  /** Jobs that failed in all slots together, and what part of the ended ones that is, 0 to 1. */
  readonly failed: number;
  readonly failedShare: number;
  readonly failures: readonly number[];
  /** How long all slots are together, in minutes. */
  readonly minutes: number;
}

/** What a page tells of one actor. */
export interface ActorFigures {
  readonly name: string;
  /** Messages per second, at this moment and in each slot. */
  readonly perSecond: number;
  readonly rates: readonly number[];
  readonly failures: readonly number[];
  readonly failed: number;
  /** How many of its handlers were at work, on average, at this moment. */
  readonly atWork: number;
  /** Messages that waited in its queue, in each slot; `null` where that is not known. */
  readonly depths: readonly (number | null)[];
  readonly queue: ActorOverview["queue"];
}

/**
 * Works out what is shown of a whole mesh.
 *
 * @param overview the mesh, slot by slot
 */
export function figuresOf({ slot_seconds: slot, rates, jobs }: Overview): Figures {
  const counts = rates.succeeded.map((count, at) => count + (rates.failed[at] ?? 0));
  const ended = sum(counts);
  const failed = sum(rates.failed);
  return {
    endedPerSecond: recentRate(counts, slot),
    ended: perSecond(counts, slot),
    started: perSecond(rates.started, slot),
    startedPerSecond: recentRate(rates.started, slot),
    inFlight: jobs.Pending + jobs.Running,
    failed,
    failedShare: ended > 0 ? failed / ended : 0,
    failures: perSecond(rates.failed, slot),
    minutes: Math.round((counts.length * slot) / 60),
  };
}

/**
 * Works out what is shown of an actor.
 *
 * @param actor the actor, slot by slot
 * @param slotSeconds how long a slot is
 */
export function figuresOfActor(actor: ActorOverview, slotSeconds: number): ActorFigures {
  const { name, completed, failed, busy_seconds, depth, queue } = actor;
  const counts = completed.map((count, at) => count + (failed[at] ?? 0));
  return {
    name,
    perSecond: recentRate(counts, slotSeconds),
    rates: perSecond(counts, slotSeconds),
    failures: perSecond(failed, slotSeconds),
    failed: sum(failed),
    atWork: recentRate(busy_seconds, slotSeconds),
    depths: depth,
    queue,
  };
}

/** A rate or a mean in as few characters as tell it: `0`, `0.04`, `3.2`, `128`. */
export function showRate(value: number): string {
  if (value === 0) return "0";
  if (value < 0.01) return "<0.01";
  if (value < 1) return value.toFixed(2);
  return value < 10 ? value.toFixed(1) : showCount(Math.round(value));
}

/** A whole number, its thousands apart. */
export function showCount(value: number): string {
  return value.toLocaleString("en-US").replaceAll(",", "\u202f");
}

/**
 * What a line tells, in words: from where to where it goes, where it ends, and for what part of the
 * time that is not known.
 *
 * @param values one for each slot, the oldest first; `null` where it is not known
 * @param show tells a value in words
 */
export function showRange(
  values: readonly (number | null)[],
  show: (value: number) => string,
): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 && values.length > 0) return "not known";
  const last = values.at(-1) ?? null;
  const end = last === null ? "" : `, ${show(last)} at the end`;
  const share = Math.max(1, Math.round(100 * (1 - known.length / values.length)));
  const gap = known.length === values.length ? "" : `, not known for ${share} % of the time`;
  if (known.every((value) => value === 0)) return `none${gap}`;
  return `${show(Math.min(...known))} to ${show(Math.max(...known))}${end}${gap}`;
}

/** The last slot is not over yet, so that it would tell too little. */
function recentRate(counts: readonly number[], slotSeconds: number): number {
  const recent = counts.slice(0, -1).slice(-Math.max(1, Math.round(RECENT_SECONDS / slotSeconds)));
  return recent.length > 0 ? sum(recent) / (recent.length * slotSeconds) : 0;
}

function perSecond(counts: readonly number[], slotSeconds: number): number[] {
  return counts.map((count) => count / slotSeconds);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
