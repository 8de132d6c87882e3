/** Any value JSON can carry. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object: string keys, any JSON values. */
export interface JsonObject {
  [key: string]: Json;
}

/** What {@linkcode parseJson} made of some bytes. */
export type ParsedJson = { ok: true; value: Json } | { ok: false; reason: string };

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes UTF-8 strictly: `undefined` instead of replacement characters.
 *
 * @param bytes the bytes to decode; a leading byte order mark is dropped
 * @example
 * ```ts
 * import { decodeUtf8 } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(decodeUtf8(new Uint8Array([0x68, 0x69])), "hi");
 * assert.equal(decodeUtf8(new Uint8Array([0xff])), undefined);
 * ```
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Parses JSON text or its UTF-8 bytes; says why when it cannot, and never throws.
 *
 * @param source JSON text, or bytes that should be UTF-8 encoded JSON
 * @example
 * ```ts
 * import { parseJson } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseJson('{"a":1}'), { ok: true, value: { a: 1 } });
 * assert.equal(parseJson(new Uint8Array([0xff])).ok, false);
 * ```
 */
export function parseJson(source: Uint8Array | string): ParsedJson {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  if (text === undefined) return { ok: false, reason: "not UTF-8" };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Whether a value is an object in JSON's sense (not `null`, not an array).
 *
 * @param value anything
 * @example
 * ```ts
 * import { isJsonObject } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isJsonObject({}), true);
 * assert.equal(isJsonObject([]), false);
 * ```
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Names the JSON kind of a value, for error messages that say what was got.
 *
 * @param value anything
 * @example
 * ```ts
 * import { kindOf } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(kindOf([1]), "array");
 * assert.equal(kindOf(undefined), "nothing");
 * ```
 */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
