import { HELLO_PREFIX, type InstanceExit, parseHostHello } from "@asya/protocol/session";

/** How many ends are remembered. */
export const MAX_EXITS = 16;

/** Bytes of the file: it is written whole, in one write. */
export const EXITS_BYTES = 8_192;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The remembered ends with one more, the oldest forgotten.
 *
 * @param exits oldest first
 * @param exit the newest
 * @example
 * ```ts
 * import { addExit } from "./exits.ts";
 * import assert from "node:assert/strict";
 * const exit = { instance: "i1", reason: "oom", at: "2026-01-01T00:00:00Z" } as const;
 * assert.deepEqual(addExit([], exit), [exit]);
 * ```
 */
export function addExit(exits: readonly InstanceExit[], exit: InstanceExit): InstanceExit[] {
  return [...exits, exit].slice(-MAX_EXITS);
}

/**
 * The file's bytes: JSON, filled up with spaces, so that a newer text always covers an older one.
 *
 * @param exits oldest first; the oldest are left out where the file is too small for all
 */
export function encodeExits(exits: readonly InstanceExit[]): Uint8Array {
  for (let first = 0;; first++) {
    const text = JSON.stringify(exits.slice(first));
    if (text.length < EXITS_BYTES) return encoder.encode(`${text.padEnd(EXITS_BYTES - 1)}\n`);
  }
}

/**
 * Reads the file; what is broken counts as nothing remembered.
 *
 * @param bytes the whole file
 * @example
 * ```ts
 * import { encodeExits, parseExits } from "./exits.ts";
 * import assert from "node:assert/strict";
 * const exits = [{ instance: "i1", reason: "oom", at: "2026-01-01T00:00:00Z" }] as const;
 * assert.deepEqual(parseExits(encodeExits(exits)), exits);
 * assert.deepEqual(parseExits(new Uint8Array([1, 2])), []);
 * ```
 */
export function parseExits(bytes: Uint8Array): readonly InstanceExit[] {
  // The file holds what a hello says about exits, and is read by the same rules.
  const hello = encoder.encode(`${HELLO_PREFIX}{"version":1,"exits":${decoder.decode(bytes)}}`);
  const parsed = parseHostHello(hello);
  return parsed.ok ? parsed.frame.exits : [];
}
