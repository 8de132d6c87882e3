import { isJsonObject, type Json, parseJson } from "@asya/protocol";
import type { DepthSample } from "./depth_log.ts";

/** The length of a slot of time. */
export const SLOT_MS = 5_000;

/** How many slots are shown: five minutes. */
export const SHOWN_SLOTS = 60;

/** What an actor did in a slot. */
export interface ActorCounts {
  /** Messages it was done with. */
  readonly completed: number;
  /** Messages that it failed on for good. */
  readonly failed: number;
  /** How long it worked on those that it was done with. */
  readonly busyMs: number;
}

/** What happened in a slot. */
export interface SlotCounts {
  /** Jobs that were made. */
  readonly started: number;
  /** Jobs that succeeded. */
  readonly succeeded: number;
  /** Jobs that failed. */
  readonly failed: number;
  /** What actors did, by their queues. */
  readonly actors: ReadonlyMap<string, ActorCounts>;
  /** What waited in queues, if anybody looked. */
  readonly sample?: DepthSample | undefined;
}

/** Nothing. */
export const NO_COUNTS: SlotCounts = { started: 0, succeeded: 0, failed: 0, actors: new Map() };

/** An actor that did nothing. */
export const IDLE: ActorCounts = { completed: 0, failed: 0, busyMs: 0 };

/** The number of the slot that a moment is in, from the epoch on. */
export function slotAt(nowMs: number): number {
  return Math.floor(nowMs / SLOT_MS);
}

/** What two gateways counted in one slot. */
export function addCounts(one: SlotCounts, other: SlotCounts): SlotCounts {
  const actors = new Map(one.actors);
  for (const [name, counts] of other.actors) {
    const before = actors.get(name) ?? IDLE;
    actors.set(name, {
      completed: before.completed + counts.completed,
      failed: before.failed + counts.failed,
      busyMs: before.busyMs + counts.busyMs,
    });
  }
  return {
    started: one.started + other.started,
    succeeded: one.succeeded + other.succeeded,
    failed: one.failed + other.failed,
    actors,
    sample: mergeSamples(one.sample, other.sample),
  };
}

/** What two gateways saw in one slot; where they saw different things, the most. */
export function mergeSamples(
  one: DepthSample | undefined,
  other: DepthSample | undefined,
): DepthSample | undefined {
  if (!one || !other) return one ?? other;
  const depths = new Map(one.depths);
  for (const [queue, depth] of other.depths) {
    depths.set(queue, Math.max(depth, depths.get(queue) ?? 0));
  }
  return { depths, slots: Math.min(one.slots, other.slots) };
}

/**
 * Writes what happened in a slot, short: there is one such text for each gateway and slot.
 *
 * @param counts what happened
 */
export function encodeCounts({ started, succeeded, failed, actors, sample }: SlotCounts): string {
  const rows = [...actors].map(([name, { completed, failed, busyMs }]) =>
    [name, completed, failed, Math.round(busyMs)] as const
  );
  return JSON.stringify({
    jobs: [started, succeeded, failed],
    actors: rows,
    ...(sample && { depths: [...sample.depths], slots: sample.slots }),
  });
}

/**
 * Reads what {@linkcode encodeCounts} wrote; what another version may have written otherwise is
 * nothing.
 *
 * @param text the text
 */
export function parseCounts(text: string): SlotCounts {
  const parsed = parseJson(text);
  if (!parsed.ok || !isJsonObject(parsed.value)) return NO_COUNTS;
  const { jobs, actors, depths, slots } = parsed.value;
  const [started, succeeded, failed] = listOf(jobs).map(countOf);
  return {
    started: started ?? 0,
    succeeded: succeeded ?? 0,
    failed: failed ?? 0,
    actors: new Map(
      listOf(actors).map((row) => {
        const [name, completed, failed, busyMs] = listOf(row);
        const counts = {
          completed: countOf(completed),
          failed: countOf(failed),
          busyMs: countOf(busyMs),
        };
        return [String(name), counts];
      }),
    ),
    ...(Array.isArray(depths) && { sample: { depths: depthsOf(depths), slots: slotsOf(slots) } }),
  };
}

function depthsOf(rows: readonly Json[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const row of rows) {
    const [name, depth] = listOf(row);
    if (typeof name === "string" && isCount(depth)) depths.set(name, depth);
  }
  return depths;
}

function slotsOf(value: Json | undefined): number {
  return isCount(value) ? Math.min(Math.max(1, value), SHOWN_SLOTS) : 1;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}
