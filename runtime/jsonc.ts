import { isJsonObject, type JsonObject, parseJson } from "@asya/protocol/json";

/** Strings, which stay, and comments, which go. */
const COMMENTS = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

/**
 * Reads an object from JSON with comments and trailing commas, as `deno.json` may be written.
 *
 * @param text of the file
 * @returns the object, or `undefined` when it is none
 * @example
 * ```ts
 * import { parseJsonc } from "./jsonc.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseJsonc('{"a": "//", /* b *\/ "c": [1,],} // d'), { a: "//", c: [1] });
 * ```
 */
export function parseJsonc(text: string): JsonObject | undefined {
  const keepStrings = (_: string, kept: string | undefined) => kept ?? "";
  const json = parseJson(text.replace(COMMENTS, keepStrings).replace(TRAILING_COMMAS, keepStrings));
  return json.ok && isJsonObject(json.value) ? json.value : undefined;
}
