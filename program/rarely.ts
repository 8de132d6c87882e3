/** Says something, unless something of its kind was said a moment ago. */
export type Rarely = (kind: string, say: (skipped: number) => void) => void;

/**
 * Lets what may come with every message be said now and then, with how often it was not said.
 *
 * @param elapsed Tells the time, in milliseconds by a clock that nobody sets.
 * @param everyMs How far apart two of one kind are at least, in milliseconds.
 * @returns What says the first of each kind at once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRarely } from "@asya/program";
 *
 * let nowMs = 0;
 * const said: number[] = [];
 * const rarely = createRarely(() => nowMs, 10_000);
 * for (nowMs = 0; nowMs <= 10_000; nowMs += 2_500) {
 *   rarely("full", (skipped) => said.push(skipped));
 * }
 * assert.deepEqual(said, [0, 3]);
 * ```
 */
export function createRarely(elapsed: () => number, everyMs: number): Rarely {
  const last = new Map<string, { atMs: number; skipped: number }>();
  return (kind, say) => {
    const atMs = elapsed();
    const before = last.get(kind);
    if (before && atMs - before.atMs < everyMs) {
      before.skipped++;
      return;
    }
    last.set(kind, { atMs, skipped: 0 });
    say(before?.skipped ?? 0);
  };
}
