import type { JsonObject } from "@asya/protocol";
import type { Census } from "../jobs/census.ts";
import { IDLE, SLOT_MS, type SlotCounts } from "./pulse_slot.ts";
import type { QueueDepth } from "./queue_depths.ts";

/** Everything that an overview is made of. */
export interface Sights {
  /** When it was looked. */
  readonly at: Date;
  /** Jobs by their status. */
  readonly jobs: Census["jobs"];
  /** What happened, by slot, the oldest first. */
  readonly slots: readonly SlotCounts[];
  /** The actors to show, in their order. */
  readonly actors: readonly string[];
  /** What is in their queues. */
  readonly queues: ReadonlyMap<string, QueueDepth>;
  /** How many dead letters there are, where that can be said. */
  readonly deadLetters: number | undefined;
}

/**
 * An overview as it is sent.
 *
 * @param sights what it is made of
 */
export function overviewToWire(sights: Sights): JsonObject {
  const { at, jobs, slots, actors, queues, deadLetters } = sights;
  return {
    at: at.toISOString(),
    slot_seconds: SLOT_MS / 1_000,
    jobs: { ...jobs },
    rates: {
      started: slots.map(({ started }) => started),
      succeeded: slots.map(({ succeeded }) => succeeded),
      failed: slots.map(({ failed }) => failed),
    },
    actors: actors.map((name) => {
      const counts = slots.map((slot) => slot.actors.get(name) ?? IDLE);
      const queue = queues.get(name);
      return {
        name,
        completed: counts.map(({ completed }) => completed),
        failed: counts.map(({ failed }) => failed),
        busy_seconds: counts.map(({ busyMs }) => Math.round(busyMs) / 1_000),
        depth: slots.map(({ sample }) => sample?.depths.get(name) ?? null),
        queue: queue ? { ...queue } : null,
      };
    }),
    dead_letters: deadLetters ?? null,
  };
}
