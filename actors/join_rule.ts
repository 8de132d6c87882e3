import type { JoinWait, LateBranches } from "@asya/protocol";

/** How many branches of a fan-out came to a join, and how. */
export interface JoinTally {
  /** Branches the fan-out has, 1 or more. */
  readonly count: number;
  /** Those that ended well: with a payload, or empty on purpose. */
  readonly ended: number;
  /** Those that were given up. */
  readonly failed: number;
}

/** How a join waits for the branches of a fan-out. */
export interface JoinRule {
  /** So many branches that end well are enough; not there: all have to. */
  readonly quorum?: number | undefined;
  /** Whether it goes on with its quorum at once, or waits for every branch to end. */
  readonly wait: JoinWait;
  /** Milliseconds from the first arrival until it makes do with what is there; not there: never. */
  readonly timeoutMs?: number | undefined;
  /** What becomes of a branch that comes afterwards. */
  readonly late: LateBranches;
}

/** What a join does: wait for more, send the merged message on, or fail. */
export type JoinDecision = "wait" | "merge" | "fail";

/**
 * How many branches have to end well; of a fan-out smaller than the quorum, all of them.
 *
 * @param rule how the join waits
 * @param count branches the fan-out has
 * @example
 * ```ts
 * import { branchesNeeded } from "./join_rule.ts";
 * import assert from "node:assert/strict";
 * assert.equal(branchesNeeded({}, 3), 3);
 * assert.equal(branchesNeeded({ quorum: 2 }, 3), 2);
 * assert.equal(branchesNeeded({ quorum: 2 }, 1), 1);
 * ```
 */
export function branchesNeeded({ quorum }: Pick<JoinRule, "quorum">, count: number): number {
  return Math.min(quorum ?? count, count);
}

/**
 * Decides what the branches that are here amount to. A join fails only when it cannot reach its
 * quorum any more: too many branches have failed, or its time is over.
 *
 * @param tally how many are here
 * @param rule how the join waits
 * @param isOver whether its time is over
 * @example
 * ```ts
 * import { decideJoin } from "./join_rule.ts";
 * import assert from "node:assert/strict";
 * const all = { wait: "quorum", late: "drop" } as const;
 * assert.equal(decideJoin({ count: 3, ended: 2, failed: 0 }, all, false), "wait");
 * assert.equal(decideJoin({ count: 3, ended: 3, failed: 0 }, all, false), "merge");
 * assert.equal(decideJoin({ count: 3, ended: 1, failed: 1 }, all, false), "fail");
 * const two = { ...all, quorum: 2 };
 * assert.equal(decideJoin({ count: 3, ended: 2, failed: 0 }, two, false), "merge");
 * assert.equal(decideJoin({ count: 3, ended: 2, failed: 0 }, { ...two, wait: "all" }, false), "wait");
 * assert.equal(decideJoin({ count: 3, ended: 1, failed: 0 }, two, true), "fail");
 * ```
 */
export function decideJoin(tally: JoinTally, rule: JoinRule, isOver: boolean): JoinDecision {
  const { count, ended, failed } = tally;
  const needed = branchesNeeded(rule, count);
  if (count - failed < needed) return "fail";
  const isMet = ended >= needed;
  if (isOver) return isMet ? "merge" : "fail";
  if (rule.wait === "all" && ended + failed < count) return "wait";
  return isMet ? "merge" : "wait";
}
