import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";

/** What a store is asked regularly. */
export interface UpkeepStore {
  /** Ids of active jobs whose deadline has passed, the most overdue first. */
  overdue(nowMs: number, limit: number): Promise<readonly string[]>;
  /** Deletes some of the jobs that ended before a time; answers how many. */
  deleteFinished(beforeMs: number, limit: number): Promise<number>;
}

/** What the upkeep stands on. */
export interface UpkeepOptions {
  readonly store: UpkeepStore;
  readonly clock: Clock;
  /** How long a finished job is kept. */
  readonly ttlMs: number;
  /** Fails a job whose deadline has passed. */
  readonly expire: (jobId: string) => Promise<void>;
  readonly emit: Emit;
}

/** How late a deadline may be noticed. */
const EVERY_MS = 500;

/** Jobs of one slice: others get their turn between two slices. */
const SLICE = 200;

/**
 * Fails jobs whose deadline has passed, and deletes finished ones when nobody needs them any more.
 *
 * @param options what it stands on
 * @returns a function that ends it
 */
export function startUpkeep(options: UpkeepOptions): () => Promise<void> {
  const { store, clock, ttlMs, expire, emit } = options;
  let stopped = false;
  let cancel = () => {};
  let round = Promise.resolve();

  const failOverdue = async () => {
    for (let size = SLICE; size === SLICE && !stopped;) {
      const overdue = await store.overdue(clock.now(), SLICE);
      const done = await Promise.allSettled(overdue.map(expire));
      const failed = done.find((one) => one.status === "rejected");
      // Whatever stays overdue would be found again at once: it waits for the next round.
      if (failed) throw failed.reason;
      size = overdue.length;
    }
  };
  const deleteOld = async () => {
    for (let size = SLICE; size === SLICE && !stopped;) {
      size = await store.deleteFinished(clock.now() - ttlMs, SLICE);
      if (size > 0) emit({ kind: "jobs_deleted", count: size });
    }
  };
  const orTell = (work: Promise<void>) =>
    work.catch((error) => emit({ kind: "store_failed", doing: "upkeep", error }));
  const work = async () => {
    await orTell(failOverdue());
    await orTell(deleteOld());
  };
  const again = () => {
    // Waits for deadlines to pass.
    cancel = clock.after(EVERY_MS, () => {
      round = work().finally(() => {
        if (!stopped) again();
      });
    });
  };
  again();

  return async () => {
    stopped = true;
    cancel();
    await round;
  };
}
