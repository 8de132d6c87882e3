/** How many branches of a fan-out came to a join, and how. */
export interface JoinTally {
  /** Branches the fan-out has. */
  readonly count: number;
  /** Those that ended well: with a payload, or empty on purpose. */
  readonly ended: number;
  /** Those that were given up. */
  readonly failed: number;
}

/** What a join does: wait for more, send the merged message on, or fail. */
export type JoinDecision = "wait" | "merge" | "fail";

/**
 * Decides what a group of branches amounts to: it merges when every branch is here, and fails as
 * soon as one has failed.
 *
 * @param tally how many are here
 * @example
 * ```ts
 * import { decideJoin } from "./join_rule.ts";
 * import assert from "node:assert/strict";
 * assert.equal(decideJoin({ count: 3, ended: 2, failed: 0 }), "wait");
 * assert.equal(decideJoin({ count: 3, ended: 3, failed: 0 }), "merge");
 * assert.equal(decideJoin({ count: 3, ended: 1, failed: 1 }), "fail");
 * ```
 */
export function decideJoin(tally: JoinTally): JoinDecision {
  if (tally.failed > 0) return "fail";
  return tally.ended < tally.count ? "wait" : "merge";
}
