import { backoffMs, type BackoffRange } from "@asya/program";
import type { Clock } from "@asya/transport";

/** What a {@linkcode WorkQueue} is made of. */
export interface WorkQueueParts {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** How long keys that fail wait, each for itself. */
  readonly backoff: BackoffRange;
}

/**
 * Keys that wait to be worked on: in the order in which they came, each at most once, and never by
 * two workers. A key that comes while it is worked on is worked on once more afterwards.
 */
export class WorkQueue {
  readonly #parts: WorkQueueParts;
  /** In order; a key that is worked on may be in it, and is passed over. */
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  /** Keys that came while they were worked on. */
  readonly #again = new Set<string>();
  /** Keys that come later: when, and how that is called off. */
  readonly #later = new Map<string, { readonly atMs: number; readonly stop: () => void }>();
  /** How often each key failed since it last did not. */
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #isClosed = false;

  constructor(parts: WorkQueueParts) {
    this.#parts = parts;
  }

  /** How many keys wait. */
  get depth(): number {
    return this.#waiting.size + this.#again.size;
  }

  /** How many keys are worked on. */
  get working(): number {
    return this.#working.size;
  }

  /** Puts a key at the end, unless it waits already. */
  add(key: string): void {
    if (this.#isClosed) return;
    this.#later.get(key)?.stop();
    this.#later.delete(key);
    if (this.#working.has(key)) this.#again.add(key);
    else this.#offer(key);
  }

  /** Puts a key at the end after a while; the earlier time counts when there are two. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isClosed) return;
    const atMs = this.#parts.clock.elapsed() + delayMs;
    const before = this.#later.get(key);
    if (before && before.atMs <= atMs) return;
    before?.stop();
    // Waits for the moment when the key is due.
    const stop = this.#parts.clock.after(delayMs, () => this.add(key));
    this.#later.set(key, { atMs, stop });
  }

  /**
   * Puts a key that failed at the end, after a while that grows with each failure.
   *
   * @param key the key
   * @param leastMs not before, where somebody said so
   * @returns how long it waits, in milliseconds
   */
  retry(key: string, leastMs = 0): number {
    const { random, backoff } = this.#parts;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const waitMs = Math.max(leastMs, backoffMs(failures, random(), backoff));
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** Forgets how often a key failed. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, or nothing when there will be none any more. Each is given back by `done`. */
  take(): Promise<string | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const [key] = this.#waiting;
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#waiting.delete(key);
    this.#working.add(key);
    return Promise.resolve(key);
  }

  /** Gives back a key that was taken. */
  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key) && !this.#isClosed) this.#offer(key);
  }

  /** Ends all waiting; what is worked on is not touched. */
  close(): void {
    this.#isClosed = true;
    for (const { stop } of this.#later.values()) stop();
    this.#later.clear();
    this.#waiting.clear();
    this.#again.clear();
    for (const resolve of this.#takers.splice(0)) resolve(undefined);
  }

  #offer(key: string): void {
    const taker = this.#waiting.has(key) ? undefined : this.#takers.shift();
    if (!taker) return void this.#waiting.add(key);
    this.#working.add(key);
    taker(key);
  }
}
