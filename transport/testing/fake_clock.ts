import type { Clock } from "../clock.ts";

/** A clock for tests that stands still until it is told to go on. */
export class FakeClock implements Clock {
  readonly #timers = new Map<() => void, number>();

  /**
   * Creates a clock.
   *
   * @param nowMs where it starts, in milliseconds since the epoch
   */
  constructor(private nowMs: number = Date.now()) {}

  /** Milliseconds since the epoch. */
  now(): number {
    return this.nowMs;
  }

  /** The same: nobody sets this clock. */
  elapsed(): number {
    return this.nowMs;
  }

  /** Calls back once, after a while of this clock. */
  after(delayMs: number, callback: () => void): () => void {
    const timer = () => callback();
    this.#timers.set(timer, this.nowMs + delayMs);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass: what was waiting is called in order, each at its own time. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    while (true) {
      const [first] = [...this.#timers].sort(([, one], [, other]) => one - other);
      if (first === undefined || first[1] > endMs) break;
      const [timer, dueMs] = first;
      this.#timers.delete(timer);
      this.nowMs = Math.max(this.nowMs, dueMs);
      timer();
    }
    this.nowMs = endMs;
  }
}
