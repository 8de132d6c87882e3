import type { Clock } from "@asya/transport";

/**
 * Waits for a while, or until it is told to stop; say at the call what for.
 *
 * @param clock whose time
 * @param ms milliseconds
 * @param signal ends the wait
 */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = () => resolve();
  const stop = clock.after(ms, over);
  signal.addEventListener("abort", over, { once: true });
  await promise;
  signal.removeEventListener("abort", over);
  stop();
}
