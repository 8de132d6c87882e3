/**
 * Bytes of all headers together that fit into the client's buffer of 64 KiB: it refuses a message
 * with more, each time it is tried.
 */
const MAX_BYTES = 60 * 1_024;

/** What stands beside the headers in their frame: two identities at most, type, time, marks. */
const BESIDE_BYTES = 640;

/** What stands around the name and the text of one header. */
const OVERHEAD_BYTES = 6;

const encoder = new TextEncoder();

/**
 * Leaves out the longest headers where they cannot be published all together, so that what a
 * stranger attached never keeps a message from going on.
 *
 * @param headers names, and texts
 * @param maxFrameBytes the longest frame that the broker takes; it ends a connection over a longer one
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
  maxFrameBytes: number = Infinity,
): Readonly<Record<string, string>> {
  const maxBytes = Math.min(MAX_BYTES, maxFrameBytes - BESIDE_BYTES);
  if (!mayBeLonger(headers, maxBytes)) return headers;
  const sized = Object.entries(headers).map(([name, text]) => ({
    name,
    text,
    bytes: OVERHEAD_BYTES + bytesOf(name) + bytesOf(text),
  }));
  const fitting: Record<string, string> = {};
  let bytes = 0;
  for (const header of sized.sort((a, b) => a.bytes - b.bytes)) {
    bytes += header.bytes;
    if (bytes > maxBytes) break;
    fitting[header.name] = header.text;
  }
  return fitting;
}

/** Cheap, and never wrong with "no": no character takes more than three bytes. */
function mayBeLonger(headers: Readonly<Record<string, string>>, maxBytes: number): boolean {
  let most = 0;
  for (const name in headers) {
    most += OVERHEAD_BYTES + 3 * (name.length + (headers[name]?.length ?? 0));
  }
  return most > maxBytes;
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
