/** Longest path of a Unix socket that Linux takes, in bytes. */
const MAX_BYTES = 107;

/**
 * Checks the path of a socket.
 *
 * @param path absolute path
 * @returns what is wrong with it, one sentence each
 * @see unix(7), `sun_path`
 * @example
 * ```ts
 * import { checkSocketPath } from "./socket_path.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(checkSocketPath("/run/app.sock"), []);
 * assert.equal(checkSocketPath(`/${"x".repeat(200)}`).length, 1);
 * ```
 */
export function checkSocketPath(path: string): string[] {
  const bytes = new TextEncoder().encode(path).length;
  return [
    ...(bytes > MAX_BYTES
      ? [`ASYA_SOCKET_PATH is ${bytes} bytes long (${path}); allowed: up to ${MAX_BYTES} bytes`]
      : []),
    ...(path.includes(",")
      ? [`ASYA_SOCKET_PATH is ${JSON.stringify(path)}; allowed: a path without a comma`]
      : []),
  ];
}
