import type { Channel, ConsumeMessage } from "amqplib";
import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import { createDelivery, type Settlement } from "../delivery.ts";
import { Roster } from "../roster.ts";
import type { ConsumeOptions, TransportEvent } from "../transport.ts";
import type { ChannelHandle } from "./channel_handle.ts";
import { inTime } from "./in_time.ts";
import type { HeldMessage, OwnHolds } from "./own_holds.ts";
import { readHeaders } from "./read_headers.ts";
import { readTimestamp } from "./read_timestamp.ts";
import type { Session } from "./session.ts";

/** What the channel of a consumer stands on. */
export interface ConsumerChannelOptions {
  readonly session: Session;
  readonly queue: string;
  readonly consume: ConsumeOptions;
  /** Messages that this process gave back, or held when a connection broke. */
  readonly ownHolds: OwnHolds;
  readonly clock: Clock;
  readonly onEvent: (event: TransportEvent) => void;
  /** Is told that it takes no more, and what the broker had against it, if anything. */
  readonly onEnded: (reason: string | undefined) => void;
}

/** AMQP cannot say a longer identity. */
const MAX_ID_BYTES = 255;

/** How long the broker may take to stop sending. */
const STOP_LIMIT_MS = 5_000;

/** The channel on which one consumer takes messages and settles them, until either ends. */
export class ConsumerChannel {
  readonly #handle: ChannelHandle;
  readonly #options: ConsumerChannelOptions;
  /** Handed over and not settled. */
  readonly #held = new Roster<ConsumeMessage>();
  /** Sent by the broker beyond the prefetch: it does not count what an earlier consumer holds. */
  readonly #waiting: ConsumeMessage[] = [];
  /** The consumer whose messages are taken; what comes for an earlier one goes back. */
  #tag: string | undefined;
  #starting: Promise<unknown> | undefined;
  #isRetired = false;

  /**
   * @param handle a channel that nobody else uses
   * @param options what it is for
   */
  constructor(handle: ChannelHandle, options: ConsumerChannelOptions) {
    this.#handle = handle;
    this.#options = options;
    handle.ended.then((problem) => this.#end(problem));
  }

  /** Whether it can take and settle messages. */
  get isOpen(): boolean {
    return this.#handle.isOpen;
  }

  /** Whether it takes messages. */
  get isTaking(): boolean {
    return this.isOpen && this.#tag !== undefined;
  }

  /** Takes messages. Rejects with the client's error where that cannot be; it has ended then. */
  async take(): Promise<void> {
    const { queue, consume: { prefetch } } = this.#options;
    const { channel } = this.#handle;
    const consumerTag = crypto.randomUUID();
    const take = async () => {
      await channel.prefetch(prefetch);
      await channel.consume(queue, (message) => this.#receive(message, consumerTag), {
        consumerTag,
      });
    };
    this.#tag = consumerTag;
    this.#starting = take();
    await this.#starting;
  }

  /**
   * Takes no more, at once; resolves when the broker sends no more either. What is held can be
   * settled.
   */
  async stop(): Promise<void> {
    const tag = this.#tag;
    this.#tag = undefined;
    if (tag === undefined) return;
    const unseen = this.#waiting.splice(0);
    try {
      await inTime(this.#cancel(tag), STOP_LIMIT_MS, this.#options.clock);
    } catch {
      // The channel has ended, or the broker does not answer: what it sends still goes back.
    }
    // Not before, since each would make room for another one, which nobody takes either.
    for (const message of unseen) this.#sendBack(message);
  }

  /** Closes the channel as soon as nothing is held. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    if (this.#held.size === 0) await this.close();
  }

  /** Closes the channel; what is held goes back to the queue. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #cancel(tag: string): Promise<void> {
    await this.#starting;
    if (this.isOpen) await this.#handle.channel.cancel(tag);
  }

  #receive(message: ConsumeMessage | null, consumerTag: string): void {
    if (message === null) {
      if (this.#tag !== consumerTag) return;
      this.#tag = undefined;
      this.#options.onEnded("the broker cancelled it, as it does when the queue is deleted");
    } else if (this.#tag !== consumerTag) this.#sendBack(message);
    else if (this.#held.size >= this.#options.consume.prefetch) this.#waiting.push(message);
    else this.#hand(message);
  }

  #hand(message: ConsumeMessage): void {
    const { queue, consume } = this.#options;
    const { properties, content } = message;
    const body = new Uint8Array(content.buffer, content.byteOffset, content.length);
    const messageId = textOf(properties.messageId);
    const timestamp = readTimestamp(properties.timestamp);
    this.#held.add(message);
    const delivery = createDelivery({
      queue,
      body,
      headers: readHeaders(properties.headers),
      redelivered: this.#isRedelivered(message),
      ...(messageId !== undefined && { messageId }),
      ...(timestamp && { timestamp }),
    }, (how) => this.#settle(message, how));
    queueMicrotask(() => consume.onDelivery(delivery));
  }

  #settle(message: ConsumeMessage, how: Settlement): Promise<void> {
    const { properties } = message;
    const { queue, session, onEvent } = this.#options;
    // Where others are worked on their acks may come with this one; one that is alone goes at once.
    if (this.#held.size > 1) session.writeTogether();
    const isHeld = this.#held.delete(message);
    if (!isHeld || !(how === "ack" ? this.#acknowledge(message) : this.#giveBack(message))) {
      const messageId = textOf(properties.messageId);
      onEvent({ kind: "hold_lost", queue, ...(messageId !== undefined && { messageId }) });
      return Promise.resolve();
    }
    const next = this.#waiting.shift();
    if (next) this.#hand(next);
    return this.#isRetired ? this.retire() : Promise.resolve();
  }

  #acknowledge(message: ConsumeMessage): boolean {
    return this.#tell((channel) => channel.ack(message));
  }

  #giveBack(message: ConsumeMessage): boolean {
    return this.#tell((channel) => channel.nack(message, false, true));
  }

  /** Gives back what nobody was handed, so that its coming again says nothing against it. */
  #sendBack(message: ConsumeMessage): void {
    if (!this.#isRedelivered(message)) this.#options.ownHolds.remember(this.#known(message));
    this.#giveBack(message);
  }

  /** Tells the broker something that it does not answer; says whether that was possible. */
  #tell(say: (channel: Channel) => void): boolean {
    if (!this.isOpen) return false;
    try {
      say(this.#handle.channel);
      return true;
    } catch {
      // The client is closing the connection, whose end will be told.
      return false;
    }
  }

  /** Whether somebody held it before, of whom we do not know that nobody died. */
  #isRedelivered(message: ConsumeMessage): boolean {
    return message.fields.redelivered && !this.#options.ownHolds.take(this.#known(message));
  }

  #known({ properties, content: body }: ConsumeMessage): HeldMessage {
    return { queue: this.#options.queue, messageId: textOf(properties.messageId), body };
  }

  #end(problem: Error | undefined): void {
    const { session, ownHolds, onEnded } = this.#options;
    // What a channel held that the broker ended alone counts as redelivered: a message that is worked
    // on for longer than the broker waits, each time, must not come for ever.
    if (!session.isAlive) {
      const all = [...this.#held, ...this.#waiting];
      for (const message of all) ownHolds.remember(this.#known(message));
    }
    this.#held.clear();
    this.#waiting.length = 0;
    this.#tag = undefined;
    onEnded(session.isAlive ? problem?.message : undefined);
  }
}

/** An identity that can be published again: bytes that are no text grow when they are read as one. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  // No character takes more than three bytes.
  const isShort = 3 * value.length <= MAX_ID_BYTES || Buffer.byteLength(value) <= MAX_ID_BYTES;
  return isShort ? value : undefined;
}
