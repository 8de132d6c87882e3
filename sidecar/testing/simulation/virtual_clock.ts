import type { Clock } from "@asya/transport";
import { setImmediate } from "node:timers";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** The time of a simulated world: it jumps from one timer to the next. */
export class VirtualClock implements Clock {
  /** Waiting, the next one last; of those that are due together, the oldest one last. */
  readonly #timers: Timer[] = [];
  readonly #beganMs: number = Date.parse("2026-01-01T00:00:00Z");
  #elapsedMs = 0;
  #setByMs = 0;

  now(): number {
    return this.#beganMs + this.#elapsedMs + this.#setByMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  /** Sets what {@linkcode now} says forth, or back; durations stay as they are. */
  set(byMs: number): void {
    this.#setByMs += byMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, Math.ceil(delayMs)), callback };
    this.#timers.splice(this.#placeOf(timer.dueMs), 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /**
   * Lets the next thing happen, with all that follows from it at once.
   *
   * @param limitMs no later than this, by {@linkcode elapsed}
   * @returns whether there was anything
   */
  async step(limitMs: number): Promise<boolean> {
    const next = this.#timers.at(-1);
    if (next === undefined || next.dueMs > limitMs) return false;
    this.#timers.pop();
    this.#elapsedMs = next.dueMs;
    next.callback();
    await settle();
    return true;
  }

  #placeOf(dueMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle]?.dueMs ?? 0) <= dueMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Lets every promise that can settle do so: they all come before the event loop's next turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
