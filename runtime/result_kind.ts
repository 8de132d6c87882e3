/** A generator object, whose `return` value is a result. */
export type AnyGenerator =
  | Generator<unknown, unknown, void>
  | AsyncGenerator<unknown, unknown, void>;

/**
 * Whether a value is a generator: something to be run to its end, not a result. Arrays, streams and
 * other iterables are not: they have no `next` of their own.
 *
 * @param value whatever a handler gave
 * @example
 * ```ts
 * import { isGenerator } from "./result_kind.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isGenerator((function* () {})()), true);
 * assert.equal(isGenerator([1, 2]), false);
 * ```
 */
export function isGenerator(value: unknown): value is AnyGenerator {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as Iterator<unknown>).next === "function" &&
    (Symbol.asyncIterator in value || Symbol.iterator in value);
}

/**
 * Whether a value is a promise, of this realm or any other.
 *
 * @param value whatever a handler gave
 * @example
 * ```ts
 * import { isPromise } from "./result_kind.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isPromise(Promise.resolve()), true);
 * assert.equal(isPromise({ then: 1 }), false);
 * ```
 */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null &&
    typeof (value as PromiseLike<T>).then === "function";
}
