/** As many letters of an id are shown where they say which is meant. */
const SHORT = 8;

/**
 * The first letters of ids, as many as tell them from each other.
 *
 * @param ids different ids
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shortIds } from "./short_ids.ts";
 * assert.deepEqual(shortIds(["7d1f6a52-32a6", "7d1f6a52-99aa", "0b"]), [
 *   "7d1f6a52-3", "7d1f6a52-9", "0b",
 * ]);
 * ```
 */
export function shortIds(ids: readonly string[]): string[] {
  const longest = Math.max(0, ...ids.map((id) => id.length));
  for (let length = SHORT; length < longest; length++) {
    const short = ids.map((id) => id.slice(0, length));
    if (new Set(short).size === new Set(ids).size) return short;
  }
  return [...ids];
}
