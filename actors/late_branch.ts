import { readBookkeeping, type ReceivedFailure } from "@asya/protocol";

/** A branch came when its join had gone on; thrown where such branches are kept as dead letters. */
export class LateBranch extends Error {
  override readonly name = "LateBranch";
}

/**
 * Whether a failure is that of a late branch: it is kept as a dead letter, but says nothing about
 * its job, which went on without it.
 *
 * @param received what failed
 * @example
 * ```ts
 * import { isLateBranch } from "./late_branch.ts";
 * import { createFailure, parseMessage } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { branch: "/0:2:ab", joins: [1] } };
 * const at = (current: number) => {
 *   const parsed = parseMessage({ route: { steps: ["split", "gather"], current, metadata }, payload: 1 });
 *   assert(parsed.ok);
 *   return { failure: createFailure("processing_error", "late", { type: "LateBranch" }), ...parsed };
 * };
 * assert.equal(isLateBranch(at(1)), true);
 * assert.equal(isLateBranch(at(0)), false); // no join: somebody else's error of that name
 * ```
 */
export function isLateBranch(
  { failure, message }: Pick<ReceivedFailure, "failure" | "message">,
): boolean {
  if (failure.type !== "LateBranch" || !message) return false;
  const { joins = [] } = readBookkeeping(message.route);
  return joins.includes(message.route.current);
}
