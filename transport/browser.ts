import { setImmediate } from "node:timers";

/** A message as somebody sees it who only looks. */
export interface BrowsedMessage {
  /** Its bytes; they are kept by nobody once the look is over. */
  readonly body: Uint8Array;
  /** The identity that its publisher gave it. */
  readonly messageId?: string | undefined;
  /** When it was published, where the publisher said so. */
  readonly timestamp?: Date | undefined;
  /** Transport headers that are text, those that the broker itself wrote among them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What becomes of a message, no further one being looked at: it stays where it is, or is gone. */
export type LastVerdict = "end" | "remove_and_end";

/**
 * What becomes of a message that was looked at: it stays where it is (`keep`), it is gone for good
 * (`remove`), or either of them as the last verdict. One that is still to be made is the last one: a
 * broker that sends messages would send more of them meanwhile, and they would gather in memory.
 */
export type Verdict = "keep" | "remove" | LastVerdict | Promise<LastVerdict>;

/** Looks at one message. */
export type Look = (message: BrowsedMessage) => Verdict;

/** What came of looking through a queue. */
export interface Browsed {
  /** How many messages were looked at. */
  readonly looked: number;
  /** Whether the end of the queue was reached. */
  readonly reachedEnd: boolean;
}

/** Looks through queues that are somebody else's to empty. */
export interface Browser {
  /**
   * Looks at the first ready messages of a queue, one by one, in the order in which they would be
   * taken, and removes those that the caller wants removed; all others keep their place, as far as
   * the broker keeps it. However long the queue is, one body at a time is in memory.
   *
   * When it resolves, what was to be removed is removed. When it rejects, nobody knows that of what
   * was to be removed; nothing else is. A `look` that throws ends it, and its message stays.
   *
   * Over AMQP all of them are held while they are looked at: for so long, nobody else sees them, and
   * afterwards they are marked redelivered. Those who browse wait for each other.
   *
   * @param queue its name
   * @param limit how many messages at most, 1 to 65535
   * @param look decides about each message
   * @returns `undefined` when there is no such queue
   * @throws {TransportError} `unreachable`, `closed`, `in_use` when others take messages from the
   *   queue, or the broker does not let us; and whatever `look` throws
   */
  browse(queue: string, limit: number, look: Look): Promise<Browsed | undefined>;
}

/** How much is read before others have their turn; a message counts as this much more. */
const MAX_BYTES_AT_ONCE = 1024 * 1024;
const MESSAGE_BYTES = 10_000;

/**
 * Looks at messages that can be read without being taken.
 *
 * @param limit how many at most
 * @param next the first message behind another one
 * @param look decides about each message
 * @param remove removes a message
 */
export async function browseOneByOne<T extends BrowsedMessage>(
  limit: number,
  next: (before: T | undefined) => T | undefined,
  look: Look,
  remove: (message: T) => Promise<void>,
): Promise<Browsed> {
  let looked = 0;
  let atOnce = 0;
  for (let message = next(undefined); message; message = next(message)) {
    if (looked === limit) return { looked, reachedEnd: false };
    const verdict = await look(message);
    looked++;
    atOnce += message.body.length + MESSAGE_BYTES;
    if (atOnce > MAX_BYTES_AT_ONCE) {
      atOnce = 0;
      // Waits for others who have something to do in this process.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (removes(verdict)) await remove(message);
    if (ends(verdict)) return { looked, reachedEnd: false };
  }
  return { looked, reachedEnd: true };
}

/** Whether a verdict removes the message. */
export function removes(verdict: Awaited<Verdict>): boolean {
  return verdict === "remove" || verdict === "remove_and_end";
}

/** Whether a verdict is the last one. */
export function ends(verdict: Awaited<Verdict>): boolean {
  return verdict === "end" || verdict === "remove_and_end";
}
