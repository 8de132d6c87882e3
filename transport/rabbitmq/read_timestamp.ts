/** Seconds since 1970 of the first moment that RFC 3339, which knows four digits of a year, cannot say. */
const END_S = 253_402_300_800;

/**
 * Reads the time at which a message was published. AMQP counts seconds; publishers that wrote
 * milliseconds or nanoseconds are not guessed at, and said nothing.
 *
 * @param value the property as the client decoded it, in seconds since 1970
 * @example
 * ```ts
 * import { readTimestamp } from "./read_timestamp.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readTimestamp(1_772_600_767)?.toISOString(), "2026-03-04T05:06:07.000Z");
 * assert.equal(readTimestamp(1_772_600_767_000), undefined);
 * ```
 */
export function readTimestamp(value: unknown): Date | undefined {
  return typeof value === "number" && value >= 0 && value < END_S
    ? new Date(value * 1_000)
    : undefined;
}
