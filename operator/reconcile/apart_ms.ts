/**
 * How long two moments are apart. A clock that is set back does not make what was done lie in the
 * future, where it would be waited for.
 *
 * @param nowMs milliseconds since the epoch
 * @param thenMs the same
 * @example
 * ```ts
 * import { apartMs } from "./apart_ms.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(apartMs(1_500, 1_000), 500);
 * assert.equal(apartMs(1_000, 3_601_000), 3_600_000);
 * ```
 */
export function apartMs(nowMs: number, thenMs: number): number {
  return Math.abs(nowMs - thenMs);
}
