import type { InstanceExit } from "@asya/protocol";
import type { DeathReason } from "./decision.ts";

/** What the death of a runtime means for one call that it took along. */
export type Verdict =
  /** Another call was the cause: this one is simply made again. */
  | { readonly kind: "innocent" }
  /** It may have been the cause: it is made again with no other call beside it. */
  | { readonly kind: "suspect" }
  /** It was the cause. */
  | { readonly kind: "culprit"; readonly reason: DeathReason };

/**
 * Says which of the calls that died with a runtime's instance are to blame.
 *
 * Where the record of its end names culprits, they alone are. Without names a call that was alone
 * is, and a death in company counts for nobody.
 *
 * @param calls numbers of the calls that were fully written and not answered
 * @param exit the record of the instance's end; `undefined` where there is none
 * @returns one verdict per call, in the same order
 * @example
 * ```ts
 * import { blame } from "./blame.ts";
 * import assert from "node:assert/strict";
 *
 * const exit = { instance: "i1", reason: "oom", at: "2026-01-01T00:00:00Z" } as const;
 * assert.deepEqual(blame([7], exit), [{ kind: "culprit", reason: "oom" }]);
 * assert.deepEqual(blame([7, 8], exit), [{ kind: "suspect" }, { kind: "suspect" }]);
 * ```
 */
export function blame(calls: readonly number[], exit: InstanceExit | undefined): Verdict[] {
  const culprit: Verdict = { kind: "culprit", reason: exit?.reason ?? "unknown" };
  const named = exit?.culprits ?? [];
  if (named.length > 0) {
    return calls.map((call) => named.includes(call) ? culprit : { kind: "innocent" });
  }
  return calls.length === 1 ? [culprit] : calls.map(() => ({ kind: "suspect" }));
}
