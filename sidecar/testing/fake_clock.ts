import type { Clock } from "@asya/transport";

/** A clock for tests: it stands still until it is told to go on. */
export class FakeClock implements Clock {
  readonly #timers = new Map<() => void, number>();
  #nowMs: number;
  /** By how much it was set forth or back. */
  #setByMs = 0;

  /** @param nowMs where it starts, in milliseconds since the epoch */
  constructor(nowMs: number = Date.parse("2026-01-01T00:00:00Z")) {
    this.#nowMs = nowMs;
  }

  /** Callbacks that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs + this.#setByMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  /** Sets it forth, or back, as an operator or a time server does. */
  set(byMs: number): void {
    this.#setByMs += byMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = () => callback();
    this.#timers.set(timer, this.#nowMs + delayMs);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; whatever is due is called in order, with all that follows from it at once. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    for (let next = this.#first(endMs); next; next = this.#first(endMs)) {
      const [timer, dueMs] = next;
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      timer();
      await turn();
    }
    this.#nowMs = endMs;
  }

  #first(endMs: number): [() => void, number] | undefined {
    const [first] = [...this.#timers].sort(([, one], [, other]) => one - other);
    return first && first[1] <= endMs ? first : undefined;
  }
}

/** Lets every promise that can settle do so. */
export async function turn(): Promise<void> {
  for (let step = 0; step < 100; step++) await Promise.resolve();
}
