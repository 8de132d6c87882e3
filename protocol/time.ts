const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Whether a value is a time as messages carry it: RFC 3339, with its zone.
 *
 * @param value anything
 * @see RFC 3339, section 5.6
 * @example
 * ```ts
 * import { isTime } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isTime("2026-03-04T05:06:07.5+01:00"), true);
 * assert.equal(isTime("2026-03-04T05:06:07"), false);
 * ```
 */
export function isTime(value: unknown): value is string {
  return typeof value === "string" && RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
}

/** The longest wait anything may ask for, one year: its end can still be written as a time. */
export const MAX_DELAY_MS: number = 365 * 24 * 60 * 60 * 1000;

/**
 * Whether a value is a wait: milliseconds from 0 to {@linkcode MAX_DELAY_MS}.
 *
 * @param value anything
 * @example
 * ```ts
 * import { isDelayMs } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isDelayMs(500), true);
 * assert.equal(isDelayMs(1e300), false);
 * ```
 */
export function isDelayMs(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_DELAY_MS;
}
