import type { Clock } from "@asya/transport";

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  readonly #timers = new Map<() => void, number>();
  #nowMs: number;
  #setBackMs = 0;

  /** @param start where it stands at first */
  constructor(start: Date = new Date("2026-01-01T00:00:00Z")) {
    this.#nowMs = start.getTime();
  }

  now(): number {
    return this.#nowMs - this.#setBackMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = () => callback();
    this.#timers.set(timer, this.#nowMs + delayMs);
    return () => this.#timers.delete(timer);
  }

  /** How many wait for a time to come. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Has it show an earlier time, as when somebody corrects it; what has elapsed stays. */
  setBack(ms: number): void {
    this.#setBackMs += ms;
  }

  /** Lets time pass; between two timers, what they began is given the chance to happen. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const [first] = [...this.#timers].sort(([, one], [, other]) => one - other);
      if (first === undefined || first[1] > endMs) break;
      const [timer, dueMs] = first;
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      timer();
    }
    this.#nowMs = endMs;
    await settle();
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
