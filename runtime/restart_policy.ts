import { backoffMs } from "@asya/program";

/** How the process lived that is to be started again. */
export interface Life {
  /** Milliseconds from its start to its end. */
  readonly livedMs: number;
  /** Whether it was ever ready: then a message ended it, and the next one is not to wait for long. */
  readonly wasReady: boolean;
}

/** A process that lived so long has proved that it can. */
const STABLE_MS = 10_000;

/** Waits after the end of a process that was not ready, and of one that was. */
const UNREADY_RANGE = { baseMs: 100, maxMs: 10_000 };
const READY_RANGE = { baseMs: 100, maxMs: 1_000 };

/** When to start a process again that has ended: at once the first time, then ever later. */
export class RestartPolicy {
  #failures = 0;

  /**
   * Says how long to wait before the next start.
   *
   * @param life of the process that ended
   * @param random a number in [0, 1)
   * @returns milliseconds
   * @example
   * ```ts
   * import { RestartPolicy } from "./restart_policy.ts";
   * import assert from "node:assert/strict";
   * const policy = new RestartPolicy();
   * const life = { livedMs: 5, wasReady: false };
   * assert.deepEqual([policy.delayMs(life, 0), policy.delayMs(life, 0)], [0, 50]);
   * assert.equal(policy.delayMs({ livedMs: 60_000, wasReady: true }, 0), 0);
   * ```
   */
  delayMs({ livedMs, wasReady }: Life, random: number): number {
    if (livedMs >= STABLE_MS) this.#failures = 0;
    const failures = this.#failures++;
    if (failures === 0) return 0;
    return backoffMs(failures - 1, random, wasReady ? READY_RANGE : UNREADY_RANGE);
  }
}
