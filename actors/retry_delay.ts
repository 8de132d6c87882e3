import { fingerprint, MAX_DELAY_MS, type RetryPolicy } from "@asya/protocol";

/** A policy in which nothing is left out. */
export type RetryRule = Required<RetryPolicy>;

/** A try that failed. */
export interface FailedTry {
  /** 1-based number of the try. */
  readonly attempt: number;
  /** Seconds that the failure asks to wait, at least. */
  readonly retryAfterSeconds?: number;
  /** What this work is known by; of two works with other names, each has waits of its own. */
  readonly name: string;
}

/**
 * How long failed work waits before it is tried again: `base · factor^retry`, at most `max`, less a
 * share of it that `jitter` leaves to chance; or what the failure asks for where that is longer.
 *
 * The chance is made from the work's name and the try, so that the same failure, delivered twice,
 * waits as long both times, and many works that failed together are spread all the same.
 *
 * @param failed see {@linkcode FailedTry}
 * @param rule how the step is tried again
 * @returns milliseconds, or `undefined` when no try is left
 * @example
 * ```ts
 * import { retryDelayMs } from "./retry_delay.ts";
 * import assert from "node:assert/strict";
 * const rule = { attempts: 4, baseMs: 5000, factor: 2, maxMs: 60_000, jitter: 0, codes: [] };
 * const delays = [1, 2, 3, 4].map((attempt) => retryDelayMs({ attempt, name: "j1" }, rule));
 * assert.deepEqual(delays, [5000, 10_000, 20_000, undefined]);
 * assert.equal(retryDelayMs({ attempt: 1, name: "j1", retryAfterSeconds: 30 }, rule), 30_000);
 * ```
 */
export function retryDelayMs(failed: FailedTry, rule: RetryRule): number | undefined {
  const { attempt, retryAfterSeconds = 0, name } = failed;
  if (attempt >= rule.attempts) return undefined;
  const times = Math.min(rule.factor ** (attempt - 1), Number.MAX_SAFE_INTEGER);
  const wholeMs = Math.min(rule.baseMs * times, rule.maxMs, MAX_DELAY_MS);
  const spread = rule.jitter === 0 ? 0 : rule.jitter * chanceOf(`${name} ${attempt}`);
  return Math.max(Math.round(wholeMs * (1 - spread)), retryAfterSeconds * 1_000);
}

/** A number from 0 up to 1 that looks like chance, and is always the same for one name. */
function chanceOf(name: string): number {
  return Number.parseInt(fingerprint(name), 16) / 2 ** 32;
}
