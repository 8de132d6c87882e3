const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d`;
const RFC_3339 = new RegExp(
  String.raw`^\d{4}-\d\d-\d\d[Tt]${CLOCK}:[0-5]\d(\.\d+)?([Zz]|[+-]${CLOCK})$`,
);

/**
 * Whether a value is a time as messages carry it: RFC 3339, with its zone. Leap seconds, which a
 * `Date` cannot hold, are no times here.
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
  return typeof value === "string" && RFC_3339.test(value) && !Number.isNaN(Date.parse(value)) &&
    isDayOfMonth(value);
}

/** A `Date` takes February 30 for March 2. */
function isDayOfMonth(time: string): boolean {
  const day = Number(time.slice(8, 10));
  return day <= 28 || new Date(`${time.slice(0, 10)}T00:00:00Z`).getUTCDate() === day;
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
