import type { QueueType } from "./queue_arguments.ts";

/**
 * How long messages can wait in the broker, in seconds. A queue per length, since RabbitMQ lets only
 * the message at the head of a queue expire: those that wait equally long leave in order.
 */
export const DELAY_STEPS_S: readonly number[] = [
  ...[1, 2, 5, 10, 20, 30],
  ...[60, 120, 300, 600, 1800, 3600],
];

/**
 * The shortest step that is not shorter than a delay; the longest one for all that is longer, whose
 * receiver sends the message round again.
 *
 * @param delayMs milliseconds
 * @returns seconds, one of {@linkcode DELAY_STEPS_S}
 * @example
 * ```ts
 * import { delayStepS } from "./delay_ladder.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([1, 1_000, 1_001, 45_000, 1e9].map(delayStepS), [1, 1, 2, 60, 3600]);
 * ```
 */
export function delayStepS(delayMs: number): number {
  return DELAY_STEPS_S.find((stepS) => delayMs <= stepS * 1_000) ?? 3600;
}

/**
 * The name of a delay queue and of the exchange that feeds it. Each type has its own, so that a
 * fleet can change from one to the other.
 *
 * @param exchange the exchange that messages go back to
 * @param type the type of the queue
 * @param stepS seconds, one of {@linkcode DELAY_STEPS_S}
 */
export function delayQueueName(exchange: string, type: QueueType, stepS: number): string {
  return `${exchange}.delay.${stepS}s${type === "quorum" ? ".quorum" : ""}`;
}
