/** The kinds of queue that can be made. */
export type QueueType = "classic" | "quorum";

/** What a queue is declared with. */
export type QueueArguments = Readonly<Record<string, string | number>>;

/**
 * The arguments of a step's queue. A classic one has none, since existing sidecars declare it so, and
 * RabbitMQ refuses a declaration that differs.
 *
 * RabbitMQ 4 drops a quorum queue's message after 20 deliveries where -1 does not forbid it. RabbitMQ
 * 3 has no limit of its own, and takes a negative one for 0: it would drop the message when it comes
 * back for the first time.
 *
 * @param type the type of the queue
 * @param brokerVersion the broker's version, such as `4.1.2`
 * @example
 * ```ts
 * import { queueArguments } from "./queue_arguments.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(queueArguments("classic", "4.1.2"), undefined);
 * assert.deepEqual(queueArguments("quorum", "3.13.7"), { "x-queue-type": "quorum" });
 * ```
 */
export function queueArguments(
  type: QueueType,
  brokerVersion: string,
): QueueArguments | undefined {
  if (type === "classic") return undefined;
  const major = Number.parseInt(brokerVersion, 10);
  return { "x-queue-type": "quorum", ...(major >= 4 && { "x-delivery-limit": -1 }) };
}

/**
 * The arguments of a queue in which messages wait, and which hands them on when their time is over.
 * A quorum queue does so safely: it keeps a message until its next queue has confirmed it, and for
 * that it must refuse messages when it is full instead of dropping some.
 *
 * @param type the type of the queue
 * @param exchange where messages go when their time is over
 * @param stepS how long they wait, in seconds
 */
export function delayQueueArguments(
  type: QueueType,
  exchange: string,
  stepS: number,
): QueueArguments {
  return {
    "x-message-ttl": stepS * 1_000,
    "x-dead-letter-exchange": exchange,
    ...(type === "quorum" && {
      "x-queue-type": "quorum",
      "x-dead-letter-strategy": "at-least-once",
      "x-overflow": "reject-publish",
    }),
  };
}
