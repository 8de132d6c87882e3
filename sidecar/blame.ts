import type { InstanceExit } from "@asya/protocol";
import type { DeathReason } from "./decision.ts";

/** A call that was fully written and not answered when its connection ended. */
export interface LostCall {
  /** Its number, by which a host's record names it. */
  readonly call: number;
  /** Whether it had taken longer than it may. */
  readonly isLate: boolean;
}

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
 * Where the record of its end names culprits, they alone are. An empty list of names is a clean end,
 * for which nobody is. Without a list a call that was alone is to blame, and a death in company
 * counts for nobody, not even for those that are late: another one may have blocked them all.
 *
 * @param calls what was lost
 * @param exit the record of the instance's end; `undefined` where there is none
 * @returns one verdict per call, in the same order
 * @example
 * ```ts
 * import { blame } from "./blame.ts";
 * import assert from "node:assert/strict";
 *
 * const exit = { instance: "i1", reason: "oom", at: "2026-01-01T00:00:00Z" } as const;
 * const [one, other] = [{ call: 7, isLate: false }, { call: 8, isLate: false }];
 * assert.deepEqual(blame([one], exit), [{ kind: "culprit", reason: "oom" }]);
 * assert.deepEqual(blame([one, other], exit), [{ kind: "suspect" }, { kind: "suspect" }]);
 * ```
 */
export function blame(calls: readonly LostCall[], exit: InstanceExit | undefined): Verdict[] {
  const reason = exit?.reason ?? "unknown";
  const named = exit?.culprits;
  if (named) {
    return calls.map(({ call }) =>
      named.includes(call) ? { kind: "culprit", reason } : { kind: "innocent" }
    );
  }
  return calls.length === 1
    ? calls.map(({ isLate }) => ({ kind: "culprit", reason: isLate ? "timeout" : reason }))
    : calls.map(() => ({ kind: "suspect" }));
}
