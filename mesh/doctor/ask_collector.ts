import type { Collector, CollectorAnswer } from "./judge_collector.ts";

/**
 * Sends a collector no spans at all, and sees what it says to that.
 *
 * @param collector where it is
 * @param signal ends the patience
 */
export async function askCollector(
  { url, headers }: Collector,
  signal: AbortSignal,
): Promise<CollectorAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      // An empty message of protocol buffers is one without spans.
      headers: { ...headers, "content-type": "application/x-protobuf" },
      body: new Uint8Array(),
      signal,
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    if (signal.aborted) return { reason: "it did not answer in time" };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
