import { createHash } from "node:crypto";
import { isObject } from "../actor/schema/is_object.ts";

/**
 * A short hash of what JSON can say: the same whatever the order in which fields were written.
 *
 * @param value what is hashed; `undefined` fields count as absent
 * @returns sixteen hexadecimal digits
 * @example
 * ```ts
 * import { hashValue } from "./hash_value.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(hashValue({ a: 1, b: [2] }), hashValue({ b: [2], a: 1 }));
 * assert.notEqual(hashValue([1, 2]), hashValue([2, 1]));
 * ```
 */
export function hashValue(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => isObject(part) ? sorted(part) : part) ?? "";
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(record).sort().map((name) => [name, record[name]]));
}
