import type { Clock } from "@asya/transport";

/** Until when this replica may write: no other one does before that. */
export class WriteFence {
  readonly #clock: Clock;
  #untilMs = -Infinity;

  /** @param clock whose time; nothing may be written yet */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds for which writes are allowed; 0 or less when none is. */
  leftMs(): number {
    return this.#untilMs - this.#clock.elapsed();
  }

  /** Allows writes until a moment of the clock that measures durations. */
  openUntil(elapsedMs: number): void {
    this.#untilMs = elapsedMs;
  }

  /** Allows no write any more. */
  close(): void {
    this.#untilMs = -Infinity;
  }
}
