/**
 * A terminal actor with a bug.
 *
 * @module
 */

/** Fails, whatever comes. */
export function end(): never {
  throw new TypeError("a bug of the terminal actor");
}
