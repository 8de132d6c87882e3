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
