import type { Json } from "@asya/protocol";
import type { FuncKeywordDefinition } from "ajv/dist/2020.js";
import { canonicalJson } from "./canonical_json.ts";

/**
 * The keyword `uniqueItems` for Ajv, whose own compares each item with each other one. Here items
 * are looked up by their text, in a time that grows with the list and no faster.
 */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  errors: false,
  error: { message: "must NOT have duplicate items" },
  validate: (isAsked: boolean, items: readonly Json[]) => !isAsked || areUnique(items),
};

function areUnique(items: readonly Json[]): boolean {
  const known = new Set<string>();
  for (const item of items) {
    const text = canonicalJson(item);
    if (known.has(text)) return false;
    known.add(text);
  }
  return true;
}
