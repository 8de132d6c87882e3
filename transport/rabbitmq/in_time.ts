import type { Clock } from "../clock.ts";
import { TransportError } from "../transport_error.ts";

/**
 * Waits for an answer of the broker, but no longer than a limit. What comes later is ignored.
 *
 * @param answer what is waited for
 * @param limitMs milliseconds
 * @param clock tells when the time is over
 * @throws {TransportError} `unreachable` when the time is over; else what the answer rejects with
 */
export async function inTime<T>(answer: Promise<T>, limitMs: number, clock: Clock): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  // Waits for the end of our patience.
  const cancelTimer = clock.after(
    limitMs,
    () => reject(new TransportError("unreachable", `no answer came within ${limitMs} ms`)),
  );
  try {
    return await Promise.race([answer, promise]);
  } finally {
    cancelTimer();
  }
}
