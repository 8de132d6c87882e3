/** Times since they were last taken, in milliseconds; together they are the whole time. */
export interface BusyTimes {
  /** While there was work. */
  readonly busyMs: number;
  /** While there was none. */
  readonly idleMs: number;
}

/**
 * Tells the time with work in hand from the time without.
 *
 * @example
 * ```ts
 * import { BusyTime } from "./busy_time.ts";
 * import assert from "node:assert/strict";
 * const time = new BusyTime(0);
 * time.begin(10);
 * time.begin(15);
 * time.end(20);
 * time.end(30);
 * assert.deepEqual(time.take(100), { busyMs: 20, idleMs: 80 });
 * ```
 */
export class BusyTime {
  /** Until when the time is shared out. */
  #untilMs: number;
  #inHand = 0;
  #busyMs = 0;
  #idleMs = 0;

  /** @param nowMs when the time begins */
  constructor(nowMs: number) {
    this.#untilMs = nowMs;
  }

  /** A piece of work begins. */
  begin(nowMs: number): void {
    if (this.#inHand === 0) this.#share(nowMs);
    this.#inHand++;
  }

  /** A piece of work ends. */
  end(nowMs: number): void {
    if (this.#inHand === 1) this.#share(nowMs);
    this.#inHand--;
  }

  /** Both times since this was last asked. */
  take(nowMs: number): BusyTimes {
    this.#share(nowMs);
    const times = { busyMs: this.#busyMs, idleMs: this.#idleMs };
    this.#busyMs = this.#idleMs = 0;
    return times;
  }

  #share(nowMs: number): void {
    const passedMs = nowMs - this.#untilMs;
    this.#untilMs = nowMs;
    if (this.#inHand > 0) this.#busyMs += passedMs;
    else this.#idleMs += passedMs;
  }
}
