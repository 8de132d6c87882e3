import type { Delivery } from "./transport.ts";

/** What a delivery says about its message. */
export type DeliveredMessage = Omit<Delivery, "ack" | "requeue">;

/** The two ways to settle a message. */
export type Settlement = "ack" | "requeue";

/**
 * Makes a delivery that is settled at most once, whatever its holder calls.
 *
 * @param message what was taken
 * @param settle settles it with the queue; called once
 * @example
 * ```ts
 * import { createDelivery } from "./delivery.ts";
 * import assert from "node:assert/strict";
 *
 * const settled: string[] = [];
 * const delivery = createDelivery(
 *   { queue: "ocr", body: new Uint8Array(), headers: {}, redelivered: false },
 *   (how) => Promise.resolve(void settled.push(how)),
 * );
 * await delivery.ack();
 * await delivery.requeue();
 * assert.deepEqual(settled, ["ack"]);
 * ```
 */
export function createDelivery(
  message: DeliveredMessage,
  settle: (how: Settlement) => Promise<void>,
): Delivery {
  let settled: Promise<void> | undefined;
  return {
    ...message,
    ack: () => settled ??= settle("ack"),
    requeue: () => settled ??= settle("requeue"),
  };
}
