/** Most characters of a span's name: `process QUEUE` has room for any queue. */
export const MAX_SPAN_NAME = 300;

/** Most characters of a text that is said of a span. */
export const MAX_SPAN_TEXT = 1_024;

/** Most texts in a list that is said of a span. */
const MAX_SPAN_LIST = 128;

/** The last moment that a `Date` knows, in milliseconds since the epoch. */
const LAST_MS = 8.64e15;

/**
 * A moment that a span may begin or end at. Deno ends the whole process where it is given another.
 *
 * @param ms milliseconds since the epoch, of any origin
 * @returns nothing where it is no moment since the epoch
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { boundMoment } from "./span_bounds.ts";
 * assert.deepEqual([1.5, -1, NaN, Infinity].map(boundMoment), [
 *   1.5, undefined, undefined, undefined,
 * ]);
 * ```
 */
export function boundMoment(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 && ms <= LAST_MS ? ms : undefined;
}

/**
 * A text, cut where it is too long to be exported with every span.
 *
 * @param text of any length
 * @param maxLength most characters of it
 */
export function boundText(text: string, maxLength: number = MAX_SPAN_TEXT): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;
}

/**
 * What is said of a span, with every text cut where it is too long. (The variables by which
 * OpenTelemetry would have it done, Deno does not read.)
 *
 * @param attributes texts of any length, in lists of any length
 */
export function boundAttributes<V extends string | number | boolean | string[]>(
  attributes: Readonly<Record<string, V>>,
): Record<string, V | string | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      if (typeof value === "string") return [name, boundText(value)];
      if (!Array.isArray(value)) return [name, value];
      return [name, value.slice(0, MAX_SPAN_LIST).map((text) => boundText(text))];
    }),
  );
}
