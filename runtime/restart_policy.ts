import { backoffMs } from "@asya/program";

/** A process that lived so long has proved that it can. */
const STABLE_MS = 10_000;

const RANGE = { baseMs: 100, maxMs: 10_000 };

/** When to start a process again that has ended: at once the first time, then ever later. */
export class RestartPolicy {
  #failures = 0;

  /**
   * Says how long to wait before the next start.
   *
   * @param livedMs how long the process that ended has lived
   * @param random a number in [0, 1)
   * @returns milliseconds
   * @example
   * ```ts
   * import { RestartPolicy } from "./restart_policy.ts";
   * import assert from "node:assert/strict";
   * const policy = new RestartPolicy();
   * assert.deepEqual([policy.delayMs(5, 0), policy.delayMs(5, 0), policy.delayMs(5, 0)], [0, 50, 100]);
   * assert.equal(policy.delayMs(60_000, 0), 0);
   * ```
   */
  delayMs(livedMs: number, random: number): number {
    if (livedMs >= STABLE_MS) this.#failures = 0;
    const failures = this.#failures++;
    return failures === 0 ? 0 : backoffMs(failures - 1, random, RANGE);
  }
}
