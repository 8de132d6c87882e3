import type { Clock } from "@asya/transport";
import { SLOT_MS, slotAt } from "./pulse_slot.ts";
import { type QueueSource, readDepths } from "./queue_depths.ts";

/** What the sampling of queues stands on. */
export interface SamplingOptions {
  readonly source: QueueSource;
  /** The queues to look into, the most important first. */
  readonly queues: () => readonly string[];
  /** The clock that all gateways of the store go by. */
  readonly clock: Clock;
  /** Takes what was seen in a slot: messages that waited, by queue. */
  readonly take: (slot: number, depths: ReadonlyMap<string, number>) => void;
}

/** When in its slot a queue is looked into: early enough for all to be answered in it. */
const LOOK_AT_MS = 2_500;

/** So many queues are looked into in each slot. */
export const MAX_SAMPLED = 100;

/** A queue that there is not is looked for again after at most so many slots: one minute. */
const MAX_WAIT = 12;

/** A queue that there is not. */
interface Missing {
  /** Slots until it is looked for again, more each time: brokers log who asks for nothing. */
  readonly wait: number;
  readonly nextSlot: number;
}

/**
 * Looks into queues once in each slot. Of a slot in which the broker is away, or does not
 * answer to everything, nothing is told.
 *
 * @param options what it stands on
 * @returns a function that ends it
 */
export function startSampling(options: SamplingOptions): () => void {
  const { source, queues, clock, take } = options;
  const missing = new Map<string, Missing>();
  let isStopped = false;
  let cancel = () => {};

  const look = async (slot: number) => {
    const names = [...new Set(queues())].slice(0, MAX_SAMPLED);
    for (const name of missing.keys()) if (!names.includes(name)) missing.delete(name);
    const asked = names.filter((name) => slot >= (missing.get(name)?.nextSlot ?? 0));
    const { depths, isComplete } = await readDepths(source, asked);
    if (!isComplete || isStopped || slotAt(clock.now()) !== slot) return;
    for (const name of asked) {
      if (depths.has(name)) missing.delete(name);
      else {
        const wait = Math.min(MAX_WAIT, 2 * (missing.get(name)?.wait ?? 0.5));
        missing.set(name, { wait, nextSlot: slot + wait });
      }
    }
    take(slot, new Map([...depths].map(([name, { ready }]) => [name, ready])));
  };
  const waitFor = (slot: number) => {
    const delayMs = slot * SLOT_MS + LOOK_AT_MS - clock.now();
    // Waits for the time to look; never longer than a slot, whoever corrects the clock meanwhile.
    cancel = clock.after(Math.min(SLOT_MS, Math.max(0, delayMs)), async () => {
      const present = slotAt(clock.now());
      await look(present);
      if (!isStopped) waitFor(Math.max(present + 1, slotAt(clock.now())));
    });
  };
  waitFor(slotAt(clock.now()));

  return () => {
    isStopped = true;
    cancel();
  };
}
