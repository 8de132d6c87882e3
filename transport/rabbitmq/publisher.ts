import type { ConfirmChannel, Message } from "amqplib";
import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import type { Outgoing, PublishOutcome } from "../transport.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import { fitHeaders } from "./fit_headers.ts";
import { type Flying, InFlight } from "./in_flight.ts";
import type { Session } from "./session.ts";

/** What a publisher stands on. */
export interface PublisherOptions {
  readonly session: Session;
  readonly clock: Clock;
  /** Bytes that are written and not confirmed at a time; a larger message goes alone. */
  readonly maxInFlightBytes: number;
  /** Milliseconds that a confirm is waited for at least, and at most twice as long. */
  readonly confirmLimitMs: number;
  /** Is told that a confirm was not waited for any more, which ends the publisher. */
  readonly onOverdue: () => void;
}

/** One message on its way. */
interface Pending extends Flying {
  readonly exchange: string;
  readonly message: Outgoing;
  readonly onOutcome: (outcome: PublishOutcome) => void;
  /** Whether the broker gave it back, having no queue for it. */
  isReturned: boolean;
}

/**
 * How long a channel is kept that the broker refuses messages on. RabbitMQ without the change below
 * remembers for each channel where a quorum queue was led when it was first published to: a channel
 * that was opened while a new leader was being elected is refused until the old one's node is back.
 *
 * @see https://github.com/rabbitmq/rabbitmq-server/pull/9241
 */
const RENEW_AFTER_MS = 1_000;

/** What a message costs besides its body: frames, properties, our own notes. */
const OVERHEAD_BYTES = 512;

/** What bodies are announced as; a stranger's that is none goes on to error-end, which takes any. */
const CONTENT_TYPE = "application/json";

/**
 * Publishes on one channel, with many messages in flight and each one's outcome told as the broker
 * confirms it. A message without a queue comes back before its confirm.
 */
export class Publisher {
  readonly #handle: ChannelHandle<ConfirmChannel>;
  readonly #options: PublisherOptions;
  /** Written and not confirmed. */
  readonly #inFlight = new InFlight<Pending>();
  /** Not written for lack of room: no more than its callers hold anyway until they know. */
  readonly #waiting: Pending[] = [];
  #cancelWatch: (() => void) | undefined;
  #hasConfirmed = false;
  readonly #openedMs: number;
  #isRetired = false;

  /**
   * @param handle a channel that nobody else publishes on
   * @param options the bounds
   */
  constructor(handle: ChannelHandle<ConfirmChannel>, options: PublisherOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#openedMs = options.clock.elapsed();
    handle.channel.on("return", (message) => this.#noteReturned(message));
    handle.ended.then(() => this.#failAll());
  }

  /** Whether it publishes; one that does not never will again. */
  get isOpen(): boolean {
    return this.#handle.isOpen && !this.#isRetired;
  }

  /** Whether the broker has confirmed anything. */
  get hasConfirmed(): boolean {
    return this.#hasConfirmed;
  }

  /** Resolves when it has ended, to what the broker had against it, if anything. */
  get ended(): Promise<Error | undefined> {
    return this.#handle.ended;
  }

  /**
   * Publishes one message, after all that were given before.
   *
   * @param exchange an exchange that exists
   * @param message its queue is the routing key
   * @param onOutcome is called once
   */
  publish(
    exchange: string,
    message: Outgoing,
    onOutcome: (outcome: PublishOutcome) => void,
  ): void {
    if (!this.isOpen) return onOutcome("failed");
    const { messageId, body } = message;
    const bytes = body.length + OVERHEAD_BYTES;
    this.#waiting.push({ messageId, bytes, exchange, message, onOutcome, isReturned: false });
    this.writeMore();
  }

  /** Writes what waits, as far as there is room and the broker takes messages. */
  writeMore(): void {
    const { session, maxInFlightBytes } = this.#options;
    while (this.isOpen && !session.isBlocked) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const isTooMuch = this.#inFlight.bytes + next.bytes > maxInFlightBytes;
      if (isTooMuch && this.#inFlight.size > 0) return;
      this.#waiting.shift();
      this.#inFlight.add(next);
      // A message that is alone goes at once: to wait for others would only make it late.
      if (this.#inFlight.size > 1) session.writeTogether();
      this.#write(next);
      this.#watch();
    }
  }

  /** Goes on after the broker took no messages for a while, which was nobody's delay. */
  unblock(): void {
    this.#endWatch();
    this.writeMore();
    this.#watch();
  }

  /** Closes the channel; what is not confirmed by now has failed. */
  async close(): Promise<void> {
    const closing = this.#handle.close();
    this.#failAll();
    await closing;
  }

  #write(pending: Pending): void {
    const { exchange, message } = pending;
    const { body, queue, messageId, headers } = message;
    try {
      this.#handle.channel.publish(
        exchange,
        queue,
        Buffer.from(body.buffer, body.byteOffset, body.length),
        {
          mandatory: true,
          persistent: true,
          contentType: CONTENT_TYPE,
          messageId,
          timestamp: Math.floor(this.#options.clock.now() / 1_000),
          headers: headers && fitHeaders(headers, this.#options.session.maxFrameBytes),
        },
        (error) => {
          this.#settle(pending, error);
          if (error) this.#noteRefused();
        },
      );
    } catch (error) {
      // The client wrote nothing of a message that it cannot encode, or its channel has just ended.
      this.#settle(pending, error);
    }
  }

  #settle(pending: Pending, error: unknown): void {
    if (!this.#inFlight.delete(pending)) return;
    this.#hasConfirmed ||= !error;
    if (error) pending.onOutcome("failed");
    else pending.onOutcome(pending.isReturned ? "unroutable" : "confirmed");
    this.writeMore();
    if (this.#isRetired && this.#inFlight.size === 0) this.#handle.close();
  }

  /** Leaves a channel that may be at fault: what was written ends there, the rest goes on another. */
  #noteRefused(): void {
    if (!this.isOpen || this.#options.clock.elapsed() - this.#openedMs < RENEW_AFTER_MS) return;
    this.#isRetired = true;
    for (const { onOutcome } of this.#waiting.splice(0)) onOutcome("failed");
    if (this.#inFlight.size === 0) this.#handle.close();
  }

  /**
   * Nothing in a returned message says which of two with one identity it was. Both count as
   * returned then: one too many is published again, none is lost.
   */
  #noteReturned({ fields, properties }: Message): void {
    for (const pending of this.#inFlight.named(properties.messageId)) {
      const { exchange, message: { queue } } = pending;
      pending.isReturned ||= queue === fields.routingKey && exchange === fields.exchange;
    }
  }

  #failAll(): void {
    this.#endWatch();
    const all = [...this.#inFlight.clear(), ...this.#waiting.splice(0)];
    for (const { onOutcome } of all) onOutcome("failed");
  }

  /**
   * Sees to it that no confirm is waited for without end. A broker that is slow confirms one message
   * after the other, so what counts is for how long the oldest one has been that.
   */
  #watch(): void {
    if (this.#cancelWatch) return;
    const { clock, confirmLimitMs, session } = this.#options;
    const { oldest } = this.#inFlight;
    if (oldest === undefined) return;
    // Waits until the confirm of the oldest message is overdue.
    this.#cancelWatch = clock.after(confirmLimitMs, () => {
      this.#cancelWatch = undefined;
      if (session.isBlocked || !this.#inFlight.has(oldest)) return this.#watch();
      this.close();
      this.#options.onOverdue();
    });
  }

  #endWatch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
  }
}
