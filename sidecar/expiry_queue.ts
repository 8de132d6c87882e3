import type { Clock } from "@asya/transport";

/**
 * Times out many things with one timer: since all have the same time, they expire in the order in
 * which they were added.
 */
export class ExpiryQueue<K> {
  readonly #clock: Clock;
  readonly #timeMs: number;
  readonly #onExpire: (key: K) => void;
  /** When each key expires; a Map keeps the order in which keys were added. */
  readonly #expiries = new Map<K, number>();
  #cancelTimer: (() => void) | undefined;

  /**
   * @param clock tells the time
   * @param timeMs milliseconds each key has
   * @param onExpire is called for each key whose time is over
   */
  constructor(clock: Clock, timeMs: number, onExpire: (key: K) => void) {
    this.#clock = clock;
    this.#timeMs = timeMs;
    this.#onExpire = onExpire;
  }

  /** Begins a key's time, anew when it was there. */
  add(key: K): void {
    this.#expiries.delete(key);
    this.#expiries.set(key, this.#clock.elapsed() + this.#timeMs);
    if (!this.#cancelTimer) this.#arm(this.#timeMs);
  }

  /** Forgets a key; the timer stays, since another key will want it. */
  delete(key: K): void {
    this.#expiries.delete(key);
  }

  /** Forgets all keys and the timer. */
  clear(): void {
    this.#expiries.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #arm(delayMs: number): void {
    // waits for the oldest key's time to be over
    this.#cancelTimer = this.#clock.after(Math.max(1, delayMs), () => this.#expire());
  }

  #expire(): void {
    this.#cancelTimer = undefined;
    const now = this.#clock.elapsed();
    for (const [key, expiry] of this.#expiries) {
      if (expiry > now) break;
      this.#expiries.delete(key);
      this.#onExpire(key);
    }
    const [next] = this.#expiries.values();
    if (next !== undefined && !this.#cancelTimer) this.#arm(next - now);
  }
}
