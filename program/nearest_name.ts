/**
 * The known name that a mistyped one was probably meant to be.
 *
 * @module
 */

/**
 * Finds the known name that a mistyped one most likely meant.
 *
 * The distance is the number of inserted, deleted, changed or swapped neighbouring letters (the
 * optimal string alignment form of Damerau–Levenshtein). A name further away than a third of its
 * length is no likely meaning.
 *
 * @param name The name as it was written.
 * @param known The names that exist.
 * @returns The nearest known name, the first of equals, or `undefined` when none is near.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { nearestName } from "@asya/program";
 *
 * assert.equal(nearestName("ASYA_QUEUE_NMAE", ["ASYA_QUEUE_NAME", "ASYA_SQLITE_PATH"]), "ASYA_QUEUE_NAME");
 * ```
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= nearestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance < nearestDistance) [nearest, nearestDistance] = [candidate, distance];
  }
  return nearest;
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + changed,
      );
      const swapped = row > 1 && column > 1 &&
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
