/** What the broker itself writes into headers of a message that has waited in a delay queue. */
const OWN_TO_BROKER = /^x-(first|last)-death-/;

/**
 * Reads the headers of a message: those that are text, and that a publisher wrote.
 *
 * @param headers what the client decoded
 * @example
 * ```ts
 * import { readHeaders } from "./read_headers.ts";
 * import assert from "node:assert/strict";
 *
 * const headers = { traceparent: "00-1-2-01", "x-death": [{}], "x-first-death-queue": "later" };
 * assert.deepEqual(readHeaders(headers), { traceparent: "00-1-2-01" });
 * ```
 */
export function readHeaders(
  headers: Readonly<Record<string, unknown>> | undefined,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === "string" && !OWN_TO_BROKER.test(name)) texts[name] = value;
  }
  return texts;
}
