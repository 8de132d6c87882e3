import type { Clock } from "@asya/transport";

/** Something whose time may run out. */
export interface Expiring {
  /** When it does, by the clock's elapsed milliseconds. */
  expiresMs: number;
}

/** Times out many things with one timer, which goes off when the first of them may be over. */
export class ExpiryWatch<T extends Expiring> {
  readonly #clock: Clock;
  readonly #items: Iterable<T>;
  readonly #onExpire: (item: T) => void;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  /**
   * @param clock tells the time
   * @param items what is watched at any moment; what leaves it expires no more
   * @param onExpire is called for each whose time is over, once unless it is given more time
   */
  constructor(clock: Clock, items: Iterable<T>, onExpire: (item: T) => void) {
    this.#clock = clock;
    this.#items = items;
    this.#onExpire = onExpire;
  }

  /**
   * Gives something its time, from this moment on.
   *
   * @param item one of those that are watched
   * @param timeMs milliseconds
   */
  give(item: T, timeMs: number): void {
    item.expiresMs = this.#clock.elapsed() + timeMs;
    if (item.expiresMs < this.#nextLookMs) this.#arm(item.expiresMs);
  }

  /** Ends the watch. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  get #nextLookMs(): number {
    return this.#timer?.atMs ?? Infinity;
  }

  #arm(atMs: number): void {
    this.stop();
    const delayMs = Math.max(1, atMs - this.#clock.elapsed());
    // waits for the first time that may be over; whoever is done by then is not there any more
    this.#timer = { atMs, cancel: this.#clock.after(delayMs, () => this.#look()) };
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.elapsed();
    for (const item of [...this.#items].filter(({ expiresMs }) => expiresMs <= nowMs)) {
      item.expiresMs = Infinity;
      this.#onExpire(item);
    }
    const nextMs = Math.min(...[...this.#items].map(({ expiresMs }) => expiresMs));
    if (nextMs < this.#nextLookMs) this.#arm(nextMs);
  }
}
