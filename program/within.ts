/**
 * Waiting for something no longer than a limit, without an error when the limit is over.
 *
 * @module
 */

/** What came of waiting: the value, or the news that the time was over first. */
export type Within<T> =
  | { readonly inTime: true; readonly value: T }
  | { readonly inTime: false };

/**
 * Waits for a promise, but no longer than a given time. The work behind the promise goes on; stop
 * it by its own means. A rejection within the time is passed on, a later one is ignored.
 *
 * @param promise What is waited for.
 * @param limitMs The longest wait, in milliseconds.
 * @returns The value if it came in time.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { within } from "@asya/program";
 *
 * assert.deepEqual(await within(Promise.resolve(1), 1_000), { inTime: true, value: 1 });
 * assert.deepEqual(await within(new Promise(() => {}), 1), { inTime: false });
 * ```
 */
export function within<T>(promise: Promise<T>, limitMs: number): Promise<Within<T>> {
  const { promise: result, resolve, reject } = Promise.withResolvers<Within<T>>();
  // stands for the end of the caller's patience
  const timer = setTimeout(() => resolve({ inTime: false }), limitMs);
  promise.then((value) => resolve({ inTime: true, value }), reject)
    .finally(() => clearTimeout(timer));
  return result;
}
