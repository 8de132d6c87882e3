import type { Clock } from "@asya/transport";
import type { Emit } from "./event.ts";

/** How often it is measured. */
const EVERY_MS = 500;

/**
 * Measures how late timers are: for so long, requests wait for a process that is busy.
 *
 * @param clock whose timers
 * @param emit is told
 * @returns a function that ends it
 */
export function measureLoop(clock: Pick<Clock, "elapsed" | "after">, emit: Emit): () => void {
  let cancel = () => {};
  const again = () => {
    const dueMs = clock.elapsed() + EVERY_MS;
    // Waits for a moment that is known beforehand.
    cancel = clock.after(EVERY_MS, () => {
      emit({ kind: "loop_measured", lateMs: Math.max(0, clock.elapsed() - dueMs) });
      again();
    });
  };
  again();
  return () => cancel();
}
