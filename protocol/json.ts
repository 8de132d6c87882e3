/**
 * JSON as values with a type, and reading it without throwing.
 *
 * @module
 */

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object: string keys, any JSON values. */
export interface JsonObject {
  /** Any name, `__proto__` included, with any JSON. */
  [key: string]: Json;
}

/** What {@linkcode parseJson} made of some bytes. */
export type ParsedJson = { ok: true; value: Json } | { ok: false; reason: string };

/**
 * Levels of nesting that {@linkcode parseJson} accepts: what is deeper can be parsed but not always
 * written again (`JSON.stringify` runs out of stack), so a few bytes could stop whoever holds them.
 */
export const MAX_JSON_DEPTH = 1024;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 strictly: `undefined` instead of replacement characters, and nothing dropped, so
 * that encoding the text gives the very same bytes.
 *
 * @param bytes the bytes to decode; a leading byte order mark stays, as U+FEFF
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
 * What is parsed can be written again and means the same, to the precision of a double. So a number
 * that would become infinite is refused: written again, it would be `null`.
 *
 * @param source JSON text, or bytes that should be UTF-8 encoded JSON (without byte order mark)
 * @param maxDepth levels of nesting that are allowed
 * @example
 * ```ts
 * import { parseJson } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseJson('{"a":1}'), { ok: true, value: { a: 1 } });
 * assert.equal(parseJson(new Uint8Array([0xff])).ok, false);
 * ```
 */
export function parseJson(
  source: Uint8Array | string,
  maxDepth: number = MAX_JSON_DEPTH,
): ParsedJson {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  if (text === undefined) return { ok: false, reason: "not UTF-8" };
  if (isDeeperThan(text, maxDepth)) {
    return { ok: false, reason: `nested deeper than ${maxDepth} levels` };
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  return mayOverflow(text) && holdsInfinity(value)
    ? { ok: false, reason: "a number is over 1.8e308; what a double can hold is allowed" }
    : { ok: true, value };
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

/**
 * The JSON of a value, cut short, for error messages that show what was got.
 *
 * @param value any JSON; `undefined` is shown as `nothing`
 * @param maxLength characters that are kept
 * @example
 * ```ts
 * import { showJson } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(showJson({ a: 1 }), '{"a":1}');
 * assert.equal(showJson("abcdef", 4), '"abc…');
 * ```
 */
export function showJson(value: Json | undefined, maxLength = 100): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}

/** Whether JSON text opens more brackets at a time than allowed; strings are leapt over. */
function isDeeperThan(text: string, maxDepth: number): boolean {
  // Each level takes two brackets; a shorter text that never closes them is no JSON.
  if (text.length <= 2 * maxDepth) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** The index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1;; at++) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}

/** Digits in a row from which on a number may be infinite without an exponent of three digits. */
const MANY_DIGITS = 200;

/** Whether JSON text may hold a number that no double can; cheap, and never wrong with "no". */
function mayOverflow(text: string): boolean {
  if (/[eE]\+?[0-9]{3}/.test(text)) return true;
  // A long row of digits covers one of these places, so that most of the text is not looked at.
  for (let at = MANY_DIGITS - 1; at < text.length; at += MANY_DIGITS) {
    let [first, end] = [at, at];
    while (end - first < MANY_DIGITS && isDigit(text.charCodeAt(end))) end++;
    while (end - first < MANY_DIGITS && isDigit(text.charCodeAt(first - 1))) first--;
    if (end - first === MANY_DIGITS) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function holdsInfinity(value: Json): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsInfinity);
}
