import type { Consumer, Delivery, Transport } from "../transport.ts";

/** For tests: a consumer whose deliveries wait until the test asks for them. */
export interface Inbox {
  /** The consumer itself, to be paused and closed. */
  readonly consumer: Consumer;
  /** Deliveries that nobody asked for yet. */
  readonly waiting: readonly Delivery[];
  /** The next delivery, as soon as there is one; rejects after ten seconds. */
  next(): Promise<Delivery>;
  /** The next so many deliveries. */
  take(count: number): Promise<Delivery[]>;
}

/** How long a test waits before it fails. */
const patienceMs = 10_000;

/**
 * Waits for what a test expects; rejects after ten seconds, to fail instead of hanging.
 *
 * @param expected what should happen
 * @param what the same in words, as the end of "waited in vain for …"
 */
export async function patiently<T>(expected: Promise<T>, what: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`waited ${patienceMs} ms in vain for ${what}`)),
    patienceMs,
  );
  try {
    return await Promise.race([expected, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Consumes a queue into an inbox.
 *
 * @param transport whose consumer it is
 * @param queue the queue, which exists
 * @param prefetch messages held unsettled at a time
 */
export async function openInbox(
  transport: Transport,
  queue: string,
  prefetch: number,
): Promise<Inbox> {
  const waiting: Delivery[] = [];
  let onDelivery = () => {};
  const consumer = await transport.consume(queue, {
    prefetch,
    onDelivery: (delivery) => {
      waiting.push(delivery);
      onDelivery();
    },
  });
  const next = async () => {
    const delivery = waiting.shift();
    if (delivery) return delivery;
    const { promise, resolve } = Promise.withResolvers<void>();
    onDelivery = resolve;
    await patiently(promise, `a delivery from "${queue}"`);
    return next();
  };
  const take = async (count: number) => {
    const deliveries: Delivery[] = [];
    while (deliveries.length < count) deliveries.push(await next());
    return deliveries;
  };
  return { consumer, waiting, next, take };
}
