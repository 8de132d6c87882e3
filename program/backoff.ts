/** The range that a back-off moves in. */
export interface BackoffRange {
  /** The longest wait before the first retry, in milliseconds. */
  readonly baseMs: number;
  /** No wait is longer than this, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Says how long to wait before trying again: doubling with each attempt up to a limit, and spread
 * over the upper half of that time, so that many processes that failed together do not return
 * together, and none of them returns at once.
 *
 * This is "equal jitter" in the words of
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 *
 * @param attempt How many tries have failed since the last success, less one: 0, 1, 2, …
 * @param random A number in [0, 1), for example from `Math.random()`.
 * @param range The first and the longest wait.
 * @returns Whole milliseconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { backoffMs } from "@asya/program";
 *
 * assert.equal(backoffMs(0, 0.5, { baseMs: 100, maxMs: 5_000 }), 75);
 * assert.equal(backoffMs(99, 0, { baseMs: 100, maxMs: 5_000 }), 2_500);
 * ```
 */
export function backoffMs(
  attempt: number,
  random: number,
  range: BackoffRange = { baseMs: 100, maxMs: 30_000 },
): number {
  const longestMs = Math.min(range.maxMs, range.baseMs * 2 ** Math.max(0, attempt));
  return Math.round(longestMs / 2 + random * longestMs / 2);
}
