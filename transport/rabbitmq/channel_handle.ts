import type { Channel } from "amqplib";
import type { Clock } from "../clock.ts";
import { inTime } from "./in_time.ts";

/** How long the broker may take to close a channel. */
const CLOSE_LIMIT_MS = 2_000;

/** A channel of the client, and whether it can still be used: after its end every call throws. */
export class ChannelHandle<C extends Channel = Channel> {
  /** Resolves when the channel has ended, to what the broker had against it, if anything. */
  readonly ended: Promise<Error | undefined>;
  #isOpen = true;
  readonly #clock: Clock;

  /**
   * @param channel an open channel
   * @param clock tells when closing takes too long
   */
  constructor(readonly channel: C, clock: Clock) {
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    this.ended = promise;
    let problem: Error | undefined;
    channel.on("error", (error) => problem = error);
    channel.on("close", () => {
      this.#isOpen = false;
      resolve(problem);
    });
  }

  /** Whether it can be used. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Closes it, after all that was written to it; what was delivered and not settled goes back. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // The client does not answer when the connection ends first.
      const closed = Promise.race([this.channel.close(), this.ended]);
      await inTime(closed, CLOSE_LIMIT_MS, this.#clock);
    } catch {
      // It has ended by itself, or with its connection: there is nothing left to close.
    }
  }
}
