import { formatDuration } from "@asya/program";

/**
 * A length of time for a person: exact where it is short, in whole seconds where it is not.
 *
 * @param ms milliseconds
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatElapsed } from "./format_elapsed.ts";
 * assert.deepEqual([7, 940, 1_250, 61_400, 90_061_000].map(formatElapsed), [
 *   "7ms", "940ms", "1.3s", "1m1s", "1d1h",
 * ]);
 * ```
 */
export function formatElapsed(ms: number): string {
  const wholeMs = Math.max(0, Math.round(ms));
  if (wholeMs < 1_000) return `${wholeMs}ms`;
  if (wholeMs < 10_000) return `${(wholeMs / 1_000).toFixed(1)}s`;
  const seconds = Math.round(wholeMs / 1_000);
  const days = Math.floor(seconds / 86_400);
  if (days > 0) return `${days}d${Math.floor(seconds % 86_400 / 3_600)}h`;
  return formatDuration(seconds * 1_000);
}
