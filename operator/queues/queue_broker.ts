import { type Clock, openRabbitmq, type Transport, type TransportEvent } from "@asya/transport";
import type { QueuePlace } from "./queue_place.ts";

/**
 * One connection to a broker, on which queues are declared. A broker that is known to be away, or to
 * keep silent, is not waited for: the connection goes on by itself.
 */
export class QueueBroker {
  readonly #transport: Transport;
  readonly #clock: Clock;
  /** Queues that are being declared; the transport does not give up. */
  readonly #declaring = new Map<string, Promise<void>>();
  /** Queues that were waited for in vain: they are still being declared. */
  readonly #late = new Map<string, string>();
  /** Why the broker refuses queues. */
  readonly #refusals = new Map<string, string>();
  /** Who waits for an answer, to be told of trouble. */
  readonly #waiting = new Set<() => void>();
  #trouble: string | undefined;
  /** Whether anything at all came of the connection so far. */
  #isHeardOf = false;

  /**
   * @param broker where it is, and how queues are made there
   * @param clock tells when an answer takes too long
   */
  constructor(broker: QueuePlace["broker"], clock: Clock) {
    this.#clock = clock;
    this.#transport = openRabbitmq({ ...broker, onEvent: (event) => this.#note(event) });
  }

  /** Whether somebody waits for an answer. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Declares a queue, or finds it as it is.
   *
   * @param queue its name
   * @param limitMs how long an answer is waited for, in milliseconds
   * @returns what stands in the way, as a sentence, or nothing
   */
  async declare(queue: string, limitMs: number): Promise<string | undefined> {
    let isDeclared = false;
    const declared = this.#declare(queue).then(() => isDeclared = true, () => {});
    const { promise: told, resolve: wake } = Promise.withResolvers<void>();
    this.#waiting.add(wake);
    const late = Promise.withResolvers<void>();
    // Waits for the end of our patience.
    const cancelTimer = this.#clock.after(limitMs, late.resolve);
    try {
      if (this.#problemOf(queue) === undefined) await Promise.race([declared, told, late.promise]);
      if (isDeclared) return undefined;
      return this.#problemOf(queue) ?? this.#noteSilence(queue, limitMs);
    } finally {
      cancelTimer();
      this.#waiting.delete(wake);
    }
  }

  /** Ends the connection; what is not declared yet is not declared. */
  async close(): Promise<void> {
    this.#trouble = "the connection is closed";
    this.#wakeAll();
    await this.#transport.close();
  }

  #problemOf(queue: string): string | undefined {
    return this.#trouble ?? this.#refusals.get(queue) ?? this.#late.get(queue);
  }

  /** Who asks again is told at once, until the broker says something. */
  #noteSilence(queue: string, limitMs: number): string {
    const sentence = `the broker has not answered within ${limitMs} ms`;
    this.#late.set(queue, sentence);
    if (!this.#isHeardOf) this.#trouble = sentence;
    return sentence;
  }

  /** Once at a time for each queue: a refused one is tried again by the transport itself. */
  #declare(queue: string): Promise<void> {
    const running = this.#declaring.get(queue);
    if (running) return running;
    const declaring = this.#transport.declare([queue]).then(() => {
      this.#refusals.delete(queue);
    }).finally(() => {
      this.#declaring.delete(queue);
      this.#late.delete(queue);
    });
    this.#declaring.set(queue, declaring);
    return declaring;
  }

  #note(event: TransportEvent): void {
    switch (event.kind) {
      case "connected":
        this.#isHeardOf = true;
        this.#trouble = undefined;
        break;
      case "disconnected":
        this.#isHeardOf = true;
        this.#trouble = event.reason;
        this.#wakeAll();
        break;
      case "queue_refused":
        this.#refusals.set(event.queue, event.reason);
        this.#wakeAll();
        break;
      default:
        // Says nothing of whether a queue is there.
        break;
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }
}
