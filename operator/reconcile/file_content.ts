import { hashValue } from "./hash_value.ts";

/**
 * What is in a ConfigMap, so that two can be compared without keeping either.
 *
 * @param configMap its fields; those that are no content do not count
 * @returns a hash; the same for the same files that are equally fixed
 * @example
 * ```ts
 * import { fileContent } from "./file_content.ts";
 * import assert from "node:assert/strict";
 *
 * const files = { data: { "main.js": "run();" }, immutable: true };
 * assert.equal(fileContent({ ...files, metadata: { name: "a" } }), fileContent(files));
 * assert.notEqual(fileContent({ ...files, binaryData: { "deno.json": "e30=" } }), fileContent(files));
 * ```
 */
export function fileContent(configMap: Readonly<Record<string, unknown>>): string {
  const { data = {}, binaryData = {}, immutable = false } = configMap;
  return hashValue([data, binaryData, immutable]);
}
