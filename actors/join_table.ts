import {
  type FanOutRecord,
  firstRecord,
  type FoundFanOut,
  type JoinPlan,
  planArrival,
} from "./join_plan.ts";
import type { Arrival, JoinAnswer, JoinGroup, JoinState } from "./join_state.ts";

/** Where fan-outs are kept: a database's part of a {@linkcode JoinState}. */
export interface JoinTable extends AsyncDisposable {
  /**
   * Takes one arrival in while nobody else may touch its fan-out: all of it or nothing.
   *
   * @param group the fan-out, and which run of it
   * @param arrival the branch
   * @param first what is recorded of the fan-out where nothing is
   * @param plan what is to be done; asked again where the database failed in the middle
   */
  take(
    group: JoinGroup,
    arrival: Arrival,
    first: FanOutRecord,
    plan: (found: FoundFanOut) => JoinPlan,
  ): Promise<JoinAnswer>;
  /** Forgets some fan-outs that have expired; says whether there may be more. */
  forget(nowMs: number): Promise<boolean>;
  /** Whether an error is that of a database that is away for a while. */
  isAway(error: unknown): boolean;
}

/** How long a join remembers, and by which clock. */
export interface JoinMemory {
  /** Milliseconds for which a fan-out is kept: after its decision, or its time to decide. */
  readonly keepMs: number;
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** What has expired is looked for no more often. */
const FORGET_EVERY_MS = 60_000;

/**
 * Creates what a join remembers, over a table of fan-outs.
 *
 * @param table where
 * @param memory for how long
 */
export function createJoinState(table: JoinTable, { keepMs, now }: JoinMemory): JoinState {
  let forgetAtMs = -Infinity;
  return {
    async arrive(group, arrival, rule) {
      const time = { nowMs: now(), keepMs };
      if (time.nowMs >= forgetAtMs) {
        forgetAtMs = time.nowMs + FORGET_EVERY_MS;
        if (await table.forget(time.nowMs)) forgetAtMs = time.nowMs;
      }
      const plan = (found: FoundFanOut) => planArrival(found, group, arrival, rule, time);
      return await table.take(group, arrival, firstRecord(rule, time), plan);
    },
    isAway: (error) => table.isAway(error),
    [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
  };
}
