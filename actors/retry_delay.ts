import { MAX_DELAY_MS } from "@asya/protocol";

/** How failed work is tried again. */
export interface RetryRule {
  /** Retries after the first try; 0 for none. */
  readonly maxRetries: number;
  /** Milliseconds before the first retry; doubled for each one after it. */
  readonly baseMs: number;
}

/**
 * How long failed work waits before it is tried again: `baseMs · 2^retry`, or what the failure
 * asks for where that is longer.
 *
 * @param failed `attempt` is the 1-based number of the try that failed
 * @param rule see {@linkcode RetryRule}
 * @returns milliseconds, or `undefined` when no retry is left
 * @example
 * ```ts
 * import { retryDelayMs } from "./retry_delay.ts";
 * import assert from "node:assert/strict";
 * const rule = { maxRetries: 3, baseMs: 5000 };
 * const delays = [1, 2, 3, 4].map((attempt) => retryDelayMs({ attempt }, rule));
 * assert.deepEqual(delays, [5000, 10_000, 20_000, undefined]);
 * assert.equal(retryDelayMs({ attempt: 1, retryAfterSeconds: 30 }, rule), 30_000);
 * ```
 */
export function retryDelayMs(
  failed: { attempt: number; retryAfterSeconds?: number },
  rule: RetryRule,
): number | undefined {
  const retry = failed.attempt - 1;
  if (retry >= rule.maxRetries) return undefined;
  const backoffMs = Math.min(rule.baseMs * 2 ** retry, MAX_DELAY_MS);
  return Math.max(backoffMs, (failed.retryAfterSeconds ?? 0) * 1000);
}
