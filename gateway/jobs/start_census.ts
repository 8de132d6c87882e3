import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";
import type { CensusStore } from "./census.ts";

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
