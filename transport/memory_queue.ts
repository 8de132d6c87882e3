import type { Clock } from "./clock.ts";
import { type Taker, Takers } from "./takers.ts";
import type { Outgoing, QueueState } from "./transport.ts";

/** A message inside a queue. */
export interface StoredMessage {
  /** Position in the broker's order of arrival. */
  readonly sequence: number;
  readonly content: Outgoing;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  /** When it may be taken, in milliseconds since the epoch. */
  readonly availableAt: number;
  /** How often it was taken and not given back uncounted. */
  deliveries: number;
}

/** A queue in memory: its messages by (availableAt, sequence), and those who take them. */
export class MemoryQueue<T extends Taker> {
  readonly takers: Takers<T> = new Takers();
  readonly #waiting: StoredMessage[] = [];
  readonly #held = new Set<StoredMessage>();
  #cancelTimer: () => void = () => {};

  /**
   * @param name the queue's name
   * @param clock tells when a delay is over
   */
  constructor(readonly name: string, private readonly clock: Clock) {}

  /** Adds a message, or puts one back, at its place. */
  put(message: StoredMessage): void {
    this.#held.delete(message);
    let index = this.#waiting.length;
    while (index > 0 && isBefore(message, this.#waiting[index - 1])) index -= 1;
    this.#waiting.splice(index, 0, message);
  }

  /** Takes the first message that is due. */
  take(): StoredMessage | undefined {
    const first = this.#waiting[0];
    if (first === undefined || first.availableAt > this.clock.now()) return undefined;
    this.#waiting.shift();
    this.#held.add(first);
    first.deliveries += 1;
    return first;
  }

  /** Removes a message that is held. */
  remove(message: StoredMessage): void {
    this.#held.delete(message);
  }

  /** The first message that is due and stands behind another one, which need not be there. */
  after(message: StoredMessage | undefined): StoredMessage | undefined {
    const now = this.clock.now();
    return this.#waiting.find((next) =>
      next.availableAt <= now && (message === undefined || isBefore(message, next))
    );
  }

  /** Removes a message that waits; one that was taken meanwhile stays with whoever has it. */
  drop(message: StoredMessage): void {
    const index = this.#waiting.indexOf(message);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** Calls back when the first delay is over, as long as somebody takes messages. */
  whenDue(callback: () => void): void {
    this.#cancelTimer();
    const first = this.#waiting[0];
    if (first === undefined || this.takers.free === 0) return;
    // Waits for the end of the first message's delay.
    this.#cancelTimer = this.clock.after(first.availableAt - this.clock.now(), callback);
  }

  /** What it holds. */
  state(): QueueState {
    const now = this.clock.now();
    const delayed = this.#waiting.filter((message) => message.availableAt > now).length;
    return { ready: this.#waiting.length - delayed, unacked: this.#held.size, delayed };
  }
}

function isBefore(one: StoredMessage, other: StoredMessage | undefined): boolean {
  if (other === undefined) return false;
  return one.availableAt === other.availableAt
    ? one.sequence < other.sequence
    : one.availableAt < other.availableAt;
}
