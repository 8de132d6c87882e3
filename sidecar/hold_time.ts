/**
 * How long RabbitMQ lets a consumer hold a message, unless it is told otherwise. Then it takes back
 * all that the consumer holds.
 *
 * @see https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout
 */
export const RABBITMQ_HOLD_LIMIT_MS = 30 * 60_000;

/**
 * How long a message may be held: until its handler and those of all messages before it have taken
 * the time that they may take.
 *
 * @param prefetch messages held at a time
 * @param concurrency messages that the host works on at a time
 * @param runtimeTimeoutMs milliseconds that a handler may take for one
 * @example
 * ```ts
 * import { longestHoldMs } from "./hold_time.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(longestHoldMs(10, 4, 60_000), 180_000);
 * ```
 */
export function longestHoldMs(
  prefetch: number,
  concurrency: number,
  runtimeTimeoutMs: number,
): number {
  return Math.ceil(prefetch / concurrency) * runtimeTimeoutMs;
}
