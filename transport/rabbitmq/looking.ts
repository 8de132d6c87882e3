import type { ConsumeMessage } from "amqplib";
import { Buffer } from "node:buffer";
import {
  type Browsed,
  type BrowsedMessage,
  ends,
  type LastVerdict,
  type Look,
  removes,
} from "../browser.ts";
import type { Clock } from "../clock.ts";
import { readTimestamp } from "./read_timestamp.ts";

/** What a look through a queue begins with. */
export interface LookingOptions {
  /** How many messages the broker has counted. */
  readonly expected: number;
  /** How many are looked at, at most. */
  readonly limit: number;
  readonly look: Look;
  readonly clock: Clock;
}

/** How long messages that the broker has counted may be on their way. */
const SILENCE_MS = 500;

/** Quorum queues count how often they have given a message out, in this header. */
const COUNT_HEADER = "x-delivery-count";

/**
 * What has been given out so often is put into its queue anew, with all that is behind it, so that
 * nothing changes its place: where nothing else is said, RabbitMQ 4 drops a message of a quorum queue
 * that it has given out 20 times.
 */
const WORN_COUNT = 8;

/** So much of that is kept in memory at a time; the rest has its turn with the next look. */
const MAX_WORN_BYTES = 64 * 1024 * 1024;

/** So much is taken behind the last message that is looked at, to keep all in their places. */
const MAX_UNSEEN_BYTES = 64 * 1024 * 1024;

/** The content of a message that is kept only to be acknowledged. */
const NOTHING = Buffer.alloc(0);

/** Looks at messages as they come, and keeps of them only which are to be removed. */
export class Looking {
  readonly #options: LookingOptions;
  readonly #removed: ConsumeMessage[] = [];
  #worn: ConsumeMessage[] = [];
  #wornBytes = 0;
  #isWorn = false;
  #wasGivenOut = false;
  #unseenBytes = 0;
  #taken = 0;
  /** Came before it began. */
  #early: ConsumeMessage | undefined;
  #hasBegun = false;
  #expected: number;
  #looked = 0;
  /** Whether a verdict, or a failure, was the last one. */
  #isEnded = false;
  #hasReachedEnd = false;
  #last: { readonly message: ConsumeMessage; readonly verdict: Promise<LastVerdict> } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  /** @param options what it begins with */
  constructor(options: LookingOptions) {
    this.#options = options;
    this.#expected = options.expected;
  }

  /** How many messages came. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Whether no further message is needed, to be looked at, or to come back in its place: a quorum
   * queue that has given out all that it has puts what comes back behind what does not.
   */
  get isOver(): boolean {
    if (this.#hasReachedEnd || this.#failure) return true;
    return this.#isEnded && (!this.#wasGivenOut || this.#unseenBytes > MAX_UNSEEN_BYTES);
  }

  /** What came of it. */
  get browsed(): Browsed {
    return { looked: this.#looked, reachedEnd: this.#hasReachedEnd && !this.#isEnded };
  }

  /** Messages that stay, and should be put into the queue anew, in this order. */
  get worn(): readonly ConsumeMessage[] {
    return this.#worn;
  }

  /** Begins, with the message that may have come already. */
  begin(): void {
    this.#hasBegun = true;
    if (this.#early) this.#takeOne(this.#early);
    this.#early = undefined;
  }

  /** Takes a message from the broker; `null` says that there will be no more. */
  take(message: ConsumeMessage | null): void {
    if (message === null) this.reachEnd();
    else if (this.#hasBegun) this.#takeOne(message);
    else this.#early = message;
  }

  /** Resolves when as many have come as are expected, when it is over, or nothing comes. */
  async rest(): Promise<void> {
    const { clock } = this.#options;
    for (let before = -1; this.#isExpecting && this.#taken > before;) {
      before = this.#taken;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      // Waits for messages that the broker has counted, and others may have taken meanwhile.
      const cancelTimer = clock.after(SILENCE_MS, resolve);
      await promise;
      cancelTimer();
    }
  }

  /** Expects so many more. */
  expect(count: number): void {
    this.#expected = Math.min(this.#taken + count, this.#options.limit);
  }

  /** Takes note that there is nothing more in the queue. */
  reachEnd(): void {
    this.#hasReachedEnd = true;
    this.#wake();
  }

  /** Takes note that nothing more can come. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** The messages that are to be removed, as soon as that is known of the last one. */
  async end(): Promise<readonly ConsumeMessage[]> {
    this.#isEnded ||= !this.#hasReachedEnd;
    if (this.#failure) throw this.#failure.error;
    if (this.#last && removes(await this.#last.verdict)) this.#remove(this.#last.message);
    return this.#removed;
  }

  #takeOne(message: ConsumeMessage): void {
    if (this.isOver) return;
    this.#taken++;
    this.#noteWear(message);
    if (this.#isEnded) this.#unseenBytes += message.content.length;
    else this.#lookAt(message);
    if (!this.#isExpecting) this.#wake();
  }

  #lookAt(message: ConsumeMessage): void {
    try {
      const verdict = this.#options.look(browsedMessage(message));
      this.#looked++;
      if (verdict instanceof Promise) {
        this.#last = { message: { ...message, content: NOTHING }, verdict };
      } else if (removes(verdict)) this.#remove(message);
      this.#isEnded = verdict instanceof Promise || ends(verdict);
    } catch (error) {
      this.fail(error);
    }
  }

  #noteWear(message: ConsumeMessage): void {
    const count: unknown = message.properties.headers?.[COUNT_HEADER];
    if (typeof count === "number") {
      this.#wasGivenOut = true;
      this.#isWorn ||= count >= WORN_COUNT;
    }
    const bytes = this.#wornBytes + message.content.length;
    if (!this.#isWorn || bytes > MAX_WORN_BYTES) return;
    this.#worn.push(message);
    this.#wornBytes = bytes;
  }

  #remove(message: ConsumeMessage): void {
    const { deliveryTag } = message.fields;
    this.#worn = this.#worn.filter(({ fields }) => fields.deliveryTag !== deliveryTag);
    this.#removed.push({ ...message, content: NOTHING });
  }

  get #isExpecting(): boolean {
    return !this.isOver && this.#taken < this.#expected;
  }
}

/** A message of the client as whoever looks sees it. */
export function browsedMessage({ content, properties }: ConsumeMessage): BrowsedMessage {
  const { messageId, timestamp, headers } = properties;
  return {
    body: new Uint8Array(content.buffer, content.byteOffset, content.length),
    messageId: typeof messageId === "string" ? messageId : undefined,
    timestamp: readTimestamp(timestamp),
    headers: textsOf(headers),
  };
}

/** All headers that are text. */
function textsOf(headers: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}
