import type { Collector } from "../plan/collector.ts";
import type { CollectorAnswer } from "./judge_collector.ts";

/**
 * Sends a collector no spans at all, and sees what it says to that.
 *
 * @param collector where it is
 * @param signal ends the patience
 */
export async function askCollector(
  { url, headers, contentType }: Collector,
  signal: AbortSignal,
): Promise<CollectorAnswer> {
  // What is wrong with either is said by its value, which may be a secret.
  if (!URL.canParse(url)) return { reason: "OTEL_EXPORTER_OTLP_ENDPOINT is no address" };
  const sent = headersOf({ ...headers, "content-type": contentType });
  if (!sent) return { reason: "OTEL_EXPORTER_OTLP_HEADERS has what no header may be" };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: sent,
      // An empty message of protocol buffers is one without spans too.
      body: contentType === "application/json" ? '{"resourceSpans":[]}' : "",
      signal,
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    if (signal.aborted) return { reason: "it did not answer in time" };
    const reason = error instanceof Error ? error.message : String(error);
    return { reason: reason.replaceAll(url, "it") };
  }
}

function headersOf(headers: Collector["headers"]): Headers | undefined {
  try {
    return new Headers({ ...headers });
  } catch {
    return undefined;
  }
}
