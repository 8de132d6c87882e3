import { backoffMs } from "@asya/program";
import type { Clock, Consumer, Delivery, Transport } from "@asya/transport";
import type { Emit } from "./events.ts";

/** What a subscription is made of. */
export interface SubscriptionParts {
  readonly transport: Transport;
  readonly queue: string;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly emit: Emit;
  /** Takes one message; must not throw. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** Resolves when no message is in hand. */
  readonly settled: () => Promise<void>;
}

/** Waits while the queue cannot be consumed from. */
const RETRY = { baseMs: 200, maxMs: 5_000 };

/**
 * Takes messages from a queue, so many at a time as is wanted at the moment, or none. Wishes are
 * fulfilled one after the other; only the latest counts.
 */
export class Subscription {
  readonly #parts: SubscriptionParts;
  #consumer: Consumer | undefined;
  /** Messages at a time of the consumer that there is, and whether it takes any. */
  #prefetch = 0;
  #isPaused = false;
  #wanted = 0;
  #isClosed = false;
  #endWait = () => {};
  #work: Promise<void> | undefined;

  /** @param parts the queue, and who takes its messages */
  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /**
   * Changes how many messages are taken at a time.
   *
   * @param prefetch 0 takes none; what is in hand stays in hand
   */
  want(prefetch: number): void {
    this.#wanted = prefetch;
    this.#work ??= this.#fulfil();
  }

  /** Takes no more messages, for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endWait();
    await this.#work;
    await this.#consumer?.close();
  }

  async #fulfil(): Promise<void> {
    let failures = 0;
    while (!this.#isClosed && !this.#isFulfilled()) {
      try {
        await this.#change(this.#wanted);
        failures = 0;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#parts.emit({ kind: "consume_failed", reason });
        await this.#wait(backoffMs(failures++, this.#parts.random(), RETRY));
      }
    }
    this.#work = undefined;
  }

  #isFulfilled(): boolean {
    if (this.#wanted === 0) return this.#consumer === undefined || this.#isPaused;
    return this.#consumer !== undefined && !this.#isPaused && this.#prefetch === this.#wanted;
  }

  async #change(wanted: number): Promise<void> {
    const { emit } = this.#parts;
    if (wanted === 0) {
      this.#isPaused = true;
      await this.#consumer?.pause();
      return emit({ kind: "paused" });
    }
    if (!this.#consumer) await this.#consume(wanted);
    else if (this.#prefetch === wanted) await this.#consumer.resume();
    else return await this.#leave(this.#consumer);
    this.#isPaused = false;
    emit({ kind: "consuming", prefetch: wanted });
  }

  async #consume(prefetch: number): Promise<void> {
    const { transport, queue, onDelivery } = this.#parts;
    this.#consumer = await transport.consume(queue, { prefetch, onDelivery });
    this.#prefetch = prefetch;
  }

  /** Ends a consumer of another prefetch; what it took is settled before the next one begins. */
  async #leave(consumer: Consumer): Promise<void> {
    this.#consumer = undefined;
    await consumer.close();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    await Promise.race([this.#parts.settled(), promise]);
  }

  async #wait(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    // waits for the queue to be there
    const cancelTimer = this.#parts.clock.after(delayMs, resolve);
    await promise;
    cancelTimer();
  }
}
