import { createTraceContext, formatTraceparent } from "@asya/program/trace";
import { pause } from "../pause.ts";

/** How long one look at a process may take. */
const LOOK_TIMEOUT_MS = 1_000;

/** The time between two looks: readiness has no event that another process could wait for. */
const LOOK_EVERY_MS = 40;

/**
 * Waits until a process says that it is ready.
 *
 * @param url answers 200 when it is
 * @param signal ends the waiting
 * @param onReason is told what it says instead, each time
 * @returns whether it became ready; with it, what it said instead
 */
export async function awaitReady(
  url: string,
  signal: AbortSignal,
  onReason: (reason: string) => void = () => {},
): Promise<{ readonly ready: boolean; readonly reason: string }> {
  let reason = "it did not answer";
  while (!signal.aborted) {
    const look = await lookAt(url, signal);
    if (look === "ready") return { ready: true, reason: "" };
    reason = look ?? reason;
    onReason(reason);
    await pause(LOOK_EVERY_MS, signal);
  }
  return { ready: false, reason };
}

/** One look: `ready`, what it says instead, or nothing when it does not answer. */
async function lookAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      // A look is part of a trace that nobody records: a program that traces makes no span of it.
      headers: { traceparent: formatTraceparent({ ...createTraceContext(), flags: 0 }) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]),
    });
    const text = (await response.text()).trim();
    return response.ok ? "ready" : text;
  } catch {
    return undefined; // not listening yet, or not answering: the next look will tell
  }
}
