import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";

/** What is in a store at this moment; counts end at a limit. */
export interface Census {
  /** Jobs by their status. */
  readonly jobs: Readonly<Record<CountedStatus, number>>;
  /** Messages that are to be sent. */
  readonly unsent: number;
  /** RFC 3339 time at which the job of the oldest of them began. */
  readonly oldestUnsentAt?: string | undefined;
}

/** Every status that a job can have. */
export const COUNTED_STATUSES = ["Pending", "Running", "Succeeded", "Failed"] as const;

/** One of {@linkcode COUNTED_STATUSES}. */
export type CountedStatus = (typeof COUNTED_STATUSES)[number];

/** What can be counted. */
export interface CensusStore {
  /**
   * Counts what is there.
   *
   * @param limit where each count ends, so that it takes no long time
   * @returns `undefined` where another gateway counts the same store
   */
  census(limit: number): Promise<Census | undefined>;
}

/** What a census stands on. */
export interface CensusOptions {
  readonly store: CensusStore;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** As often as metrics are read. */
const EVERY_MS = 15_000;

/** A few milliseconds for each count. */
const LIMIT = 50_000;

/**
 * Counts jobs and messages now and then.
 *
 * @param options what it stands on
 * @returns a function that ends it
 */
export function startCensus({ store, clock, emit }: CensusOptions): () => Promise<void> {
  let isStopped = false;
  let cancel = () => {};
  let round = Promise.resolve();
  const count = async () => {
    try {
      emit({ kind: "counted", census: await store.census(LIMIT) });
    } catch (error) {
      emit({ kind: "store_failed", doing: "census", error });
    }
    if (isStopped) return;
    // Waits for what changes meanwhile.
    cancel = clock.after(EVERY_MS, () => round = count());
  };
  round = count();
  return async () => {
    isStopped = true;
    cancel();
    await round;
  };
}
