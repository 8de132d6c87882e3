/**
 * Creates a source of numbers in [0, 1) that a seed repeats: Marsaglia's xorshift32, as in
 * https://www.jstatsoft.org/article/view/v008i14.
 *
 * @param seed any whole number
 * @example
 * ```ts
 * import { createRandom } from "./random.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(createRandom(7)(), createRandom(7)());
 * ```
 */
export function createRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
