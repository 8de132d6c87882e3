import type { Clock } from "../clock.ts";
import type { ConsumeOptions, Consumer, TransportEvent } from "../transport.ts";
import { TransportError, unknownQueue } from "../transport_error.ts";
import { describeError, ReplyCode, replyCodeOf } from "./amqp_error.ts";
import { ConsumerChannel } from "./consumer_channel.ts";
import type { Link } from "./link.ts";
import type { OwnHolds } from "./own_holds.ts";
import type { Session } from "./session.ts";

/** What a consumer stands on. */
export interface QueueConsumerOptions {
  readonly link: Link;
  readonly queue: string;
  readonly consume: ConsumeOptions;
  /** Messages that this process gave back, or held when a connection broke. */
  readonly ownHolds: OwnHolds;
  /** Makes the queue once more, where it is this process' to make. */
  readonly restoreQueue: (session: Session) => Promise<unknown>;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly onEvent: (event: TransportEvent) => void;
  /** Is told that it is closed and that nothing can be held any more. */
  readonly onClosed: () => void;
}

/** Waits between tries to take messages again. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** A consumer that the broker ends sooner than this was none: the next one is waited for longer. */
const STEADY_MS = 5_000;

/** The largest prefetch that AMQP can say. */
const MAX_PREFETCH = 65_535;

/** A consumer of one queue that begins again, for ever, after whatever ends it. */
export class QueueConsumer implements Consumer {
  readonly #options: QueueConsumerOptions;
  #channel: ConsumerChannel | undefined;
  #wanted: "take" | "pause" | "close" = "take";
  #hasBegun = false;
  /** Why it does not take messages although it should, where that has been told. */
  #told: string | undefined;
  /** How often in a row it could not take messages for long. */
  #failures = 0;
  /** When it last began to take messages, by the clock's elapsed milliseconds. */
  #beganMs: number | undefined;
  #restoring: Promise<void> | undefined;
  #stopping: Promise<unknown> | undefined;
  #endWait: () => void = () => {};

  /** @param options the queue, and who takes its messages */
  constructor(options: QueueConsumerOptions) {
    const { prefetch } = options.consume;
    if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > MAX_PREFETCH) {
      const allowed = `a whole number, 1 to ${MAX_PREFETCH}`;
      throw new RangeError(`prefetch is ${prefetch}; allowed: ${allowed}`);
    }
    this.#options = options;
  }

  /**
   * Takes messages, as soon as the broker can be reached.
   *
   * @throws {TransportError} `unknown_queue`, `unusable`, `closed`
   */
  async begin(): Promise<void> {
    const { link, queue } = this.#options;
    while (!this.#hasBegun) {
      const session = await link.ready();
      try {
        await this.#take(session);
        this.#hasBegun = true;
      } catch (error) {
        if (!session.isAlive) continue;
        if (replyCodeOf(error) === ReplyCode.notFound) throw unknownQueue(queue);
        throw new TransportError("unusable", describeError(error), { cause: error });
      }
    }
    this.#restore();
  }

  async pause(): Promise<void> {
    if (this.#wanted === "take") this.#wanted = "pause";
    await this.#stop();
  }

  resume(): Promise<void> {
    if (this.#wanted === "pause") {
      this.#wanted = "take";
      this.#failures = 0;
    }
    this.#restore();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#wanted = "close";
    await this.#stop();
    await this.#channel?.retire();
    if (!this.#channel?.isOpen) this.#options.onClosed();
  }

  /** Ends it together with its transport: what is held goes back to the queue. */
  async end(): Promise<void> {
    this.#wanted = "close";
    await this.#stop();
    await this.#channel?.close();
  }

  async #stop(): Promise<void> {
    this.#endWait();
    this.#stopping = Promise.all([this.#stopping, this.#channel?.stop()]);
    await this.#stopping;
  }

  async #take(session: Session): Promise<void> {
    await this.#stopping;
    if (!this.#channel?.isOpen) {
      const handle = await session.openChannel();
      this.#channel = new ConsumerChannel(handle, {
        ...this.#options,
        session,
        onEnded: (reason) => this.#noteEnded(reason),
      });
    }
    if (this.#wanted !== "take") return;
    await this.#channel.take();
    this.#beganMs = this.#options.clock.elapsed();
  }

  #noteEnded(reason: string | undefined): void {
    const { queue, onEvent, onClosed } = this.#options;
    if (!this.#hasBegun) return;
    if (this.#wanted === "close") return onClosed();
    this.#judge(reason);
    if (reason !== undefined && reason !== this.#told) {
      this.#told = reason;
      onEvent({ kind: "consumer_ended", queue, reason });
    }
    this.#restore();
  }

  /** Decides whether it took messages long enough for its end to be news. */
  #judge(reason: string | undefined): void {
    if (this.#beganMs === undefined) return;
    const lastedMs = this.#options.clock.elapsed() - this.#beganMs;
    this.#beganMs = undefined;
    if (reason !== undefined && lastedMs < STEADY_MS) this.#failures++;
    else {
      this.#failures = 0;
      this.#told = undefined;
    }
  }

  #restore(): void {
    if (!this.#hasBegun || this.#restoring || !this.#isIdle()) return;
    this.#restoring = this.#keepTaking();
  }

  /** Whether it should take messages, and does not. */
  #isIdle(): boolean {
    return this.#wanted === "take" && !this.#channel?.isTaking;
  }

  async #keepTaking(): Promise<void> {
    const { link, restoreQueue } = this.#options;
    while (this.#isIdle()) {
      if (this.#failures > 0) await this.#wait(this.#failures - 1);
      let session: Session | undefined;
      try {
        session = await link.ready();
        // On a fresh connection everything has just been made.
        if (this.#failures > 0 || this.#channel?.isOpen) await restoreQueue(session);
        await this.#take(session);
      } catch {
        // Without a session there will never be one again. Otherwise the end of the connection, or
        // of the channel, has been told.
        if (session === undefined) break;
        this.#failures++;
      }
    }
    this.#restoring = undefined;
  }

  async #wait(failures: number): Promise<void> {
    const { clock, random } = this.#options;
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    // Waits for the queue, or the right to use it, to come back.
    const cancelTimer = clock.after((0.5 + random() / 2) * longestMs, resolve);
    await promise;
    cancelTimer();
  }
}
