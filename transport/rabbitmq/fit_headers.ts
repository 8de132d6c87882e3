/**
 * Bytes of all headers together. They have to fit into one frame, and into the client's buffer of
 * 64 KiB: it refuses a message with more, each time it is tried.
 */
const MAX_BYTES = 60 * 1_024;

/** What stands around the name and the text of one header. */
const OVERHEAD_BYTES = 6;

const encoder = new TextEncoder();

/**
 * Leaves out the longest headers where they cannot be published all together, so that what a
 * stranger attached never keeps a message from going on.
 *
 * @param headers names, and texts
 * @example
 * ```ts
 * import { fitHeaders } from "./fit_headers.ts";
 * import assert from "node:assert/strict";
 *
 * const headers = { traceparent: "00-1-2-01", baggage: "x".repeat(100_000) };
 * assert.deepEqual(fitHeaders(headers), { traceparent: "00-1-2-01" });
 * ```
 */
export function fitHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!mayBeTooLong(headers)) return headers;
  const sized = Object.entries(headers).map(([name, text]) => ({
    name,
    text,
    bytes: OVERHEAD_BYTES + bytesOf(name) + bytesOf(text),
  }));
  const fitting: Record<string, string> = {};
  let bytes = 0;
  for (const header of sized.sort((a, b) => a.bytes - b.bytes)) {
    bytes += header.bytes;
    if (bytes > MAX_BYTES) break;
    fitting[header.name] = header.text;
  }
  return fitting;
}

/** Cheap, and never wrong with "no": no character takes more than three bytes. */
function mayBeTooLong(headers: Readonly<Record<string, string>>): boolean {
  let most = 0;
  for (const name in headers) {
    most += OVERHEAD_BYTES + 3 * (name.length + (headers[name]?.length ?? 0));
  }
  return most > MAX_BYTES;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
