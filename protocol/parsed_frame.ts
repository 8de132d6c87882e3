import { createFailure, type Failure } from "./failure.ts";
import type { Json } from "./json.ts";

/** A parsed frame, or why it is none. */
export type Parsed<T> = { ok: true; frame: T } | { ok: false; failure: Failure };

/**
 * What is none.
 *
 * @param what it should have been, such as `hello`
 */
export function refuseFrame(what: string): { ok: false; failure: Failure } {
  return { ok: false, failure: createFailure("connection_error", `not a ${what} of a session`) };
}

/**
 * Whether a value counts something: a whole number from 0.
 *
 * @param value of a frame's field
 */
export function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
