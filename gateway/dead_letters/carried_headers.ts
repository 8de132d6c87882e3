import type { JsonObject } from "@asya/protocol";

/** Headers that a replay hands on, in characters of JSON: more than applications need. */
const MAX_CHARS = 16_384;

/**
 * Those headers of a message that its replay has as well: texts, and not too many. Its trace is
 * another one.
 *
 * @param headers the headers of the message that failed
 */
export function carriedHeaders(headers: JsonObject = {}): Record<string, string> {
  const { traceparent: _, tracestate: __, ...rest } = headers;
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === "string") texts[name] = value;
  }
  return JSON.stringify(texts).length > MAX_CHARS ? {} : texts;
}
