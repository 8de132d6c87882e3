/** A join that may belong to more than one fan-out. */
export interface UnclearJoin {
  /** Its index in the route. */
  readonly index: number;
  /** Index of the later join that makes it unclear: its fan-out is around this one's, or behind. */
  readonly other: number;
}

/**
 * Finds the joins of a route that do not say whose branches they take, and of which the route does
 * not tell it either: with steps between two joins, their fan-outs may be one inside the other, or
 * one behind the other. A branch that ends early would be told to the wrong join, and the right one
 * wait for it.
 *
 * @param count how many steps the route has
 * @param openings by the index of each join, that of the step whose fan-out it closes, where it says
 * @example
 * ```ts
 * import { findUnclearJoins } from "./unclear_joins.ts";
 * import assert from "node:assert/strict";
 * // books, pages, ocr, {join: book}, proofread, {join: shelf}
 * const unclear = findUnclearJoins(6, new Map([[3, undefined], [5, undefined]]));
 * assert.deepEqual(unclear, [{ index: 3, other: 5 }]);
 * assert.deepEqual(findUnclearJoins(6, new Map([[3, 1], [5, undefined]])), []);
 * ```
 */
export function findUnclearJoins(
  count: number,
  openings: ReadonlyMap<number, number | undefined>,
): UnclearJoin[] {
  const joins = [...openings.keys()].filter((index) => index < count);
  return joins.flatMap((index, before) => {
    if (openings.get(index) !== undefined) return [];
    // Each join before it has used up one of the steps before it.
    const open = index - 2 * before;
    const other = joins.slice(before + 1).find((later) =>
      (openings.get(later) ?? -1) < index && mayBeEither(index, later, open, openings)
    );
    return other === undefined ? [] : [{ index, other }];
  });
}

/** Whether the later of two joins may close a fan-out before the earlier one, and one behind it. */
function mayBeEither(
  index: number,
  later: number,
  open: number,
  joins: ReadonlyMap<number, unknown>,
): boolean {
  let [between, around] = [0, 0];
  for (let step = index + 1; step < later; step++) {
    if (!joins.has(step)) between++;
    else if (between > 0) between--;
    else around++;
  }
  // One each for the join itself, for those around it, and for the later one.
  return between > 0 && open >= 2 + around;
}
