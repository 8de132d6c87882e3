import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";
import { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import { describeError } from "./amqp_error.ts";
import { ChannelHandle } from "./channel_handle.ts";
import { inTime } from "./in_time.ts";
import { createWriteTogether } from "./write_together.ts";

/** How long the broker may take to close a connection. */
const CLOSE_LIMIT_MS = 2_000;

/** Every broker takes frames of this length. */
const SHORTEST_FRAME_BYTES = 4_096;

/** What a session stands on. */
export interface SessionOptions {
  readonly clock: Clock;
  /** Is told when the broker stops taking messages, and why, and when it takes them again. */
  readonly onBlocked: (reason: string | undefined) => void;
}

/** One connection, from its opening to its loss. */
export class Session {
  /** Resolves when the connection is lost or closed, to the reason. */
  readonly lost: Promise<string>;
  /** Lets what is written from here on in this turn of the event loop leave together. */
  readonly writeTogether: () => void;
  /** The longest frame that the broker takes, in bytes. */
  readonly maxFrameBytes: number;
  readonly #model: ChannelModel;
  readonly #clock: Clock;
  readonly #socket: Duplex | undefined;
  #isAlive = true;
  #isBlocked = false;

  /**
   * @param model an open connection of the client
   * @param options whom to tell
   */
  constructor(model: ChannelModel, options: SessionOptions) {
    this.#model = model;
    this.#clock = options.clock;
    this.#socket = socketOf(model);
    this.maxFrameBytes = maxFrameBytesOf(model);
    this.writeTogether = this.#socket ? createWriteTogether(this.#socket) : () => {};
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    let problem: Error | undefined;
    // The client says once more with "close" what was wrong, where anything was.
    model.on("error", (error) => problem = error);
    const end = (error: unknown) => {
      this.#isAlive = false;
      // A peer that has vanished would keep the socket half open.
      this.#socket?.destroy();
      resolve(describeError(problem ?? error ?? "the connection was closed"));
    };
    model.on("close", end);
    // What the broker sends together with its consent is handled before anybody can listen.
    if (this.#socket?.writableEnded) end("the broker closed the connection as soon as it was open");
    model.on("blocked", (reason) => {
      this.#isBlocked = true;
      options.onBlocked(reason);
    });
    model.on("unblocked", () => {
      this.#isBlocked = false;
      options.onBlocked(undefined);
    });
  }

  /** Whether it is not lost. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether the broker takes no messages at the moment. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The broker's version, such as `3.13.7`. */
  get brokerVersion(): string {
    return this.#model.connection.serverProperties.version;
  }

  /** Opens a channel. */
  async openChannel(): Promise<ChannelHandle<Channel>> {
    return new ChannelHandle(await this.#model.createChannel(), this.#clock);
  }

  /** Opens a channel on which the broker confirms each message. */
  async openConfirmChannel(): Promise<ChannelHandle<ConfirmChannel>> {
    return new ChannelHandle(await this.#model.createConfirmChannel(), this.#clock);
  }

  /**
   * Does something on a channel of its own, since whatever the broker refuses ends its channel.
   *
   * @param work what to do; its channel is closed afterwards
   */
  async onChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const handle = await this.openChannel();
    try {
      return await work(handle.channel);
    } finally {
      await handle.close();
    }
  }

  /**
   * Gives the connection up, whatever state it is in.
   *
   * @param reason why
   */
  abandon(reason: string): void {
    this.#socket?.destroy(new Error(reason));
  }

  /** Closes it. Channels are to be closed before: what they still have to write would be lost. */
  async close(): Promise<void> {
    if (!this.#isAlive) return;
    try {
      await inTime(this.#model.close(), CLOSE_LIMIT_MS, this.#clock);
    } catch {
      // It is lost already, or the broker does not answer.
      this.abandon("the broker did not close the connection");
    }
    await this.lost;
  }
}

/** The client's socket. It is no part of its types: without it we do without what it is good for. */
function socketOf(model: ChannelModel): Duplex | undefined {
  const socket: unknown = Reflect.get(model.connection, "stream");
  return socket instanceof Duplex ? socket : undefined;
}

/** What both sides agreed on. It is no part of the client's types either. */
function maxFrameBytesOf(model: ChannelModel): number {
  const agreed: unknown = Reflect.get(model.connection, "frameMax");
  return typeof agreed === "number" ? agreed : SHORTEST_FRAME_BYTES;
}
