import type { Json } from "@asya/protocol";

/** What V8 takes for things besides what they hold, in bytes, as it was measured. */
const COST = { number: 4, text: 16, list: 48, object: 40, property: 16, entry: 56 };

/** Beyond so many properties, objects are tables, with names that no other object has. */
const MAX_PROPERTIES = 128;

/**
 * How much memory a JSON value takes, within a factor of two for large ones. The length of its text
 * would not do: a list of empty objects takes twenty times as much.
 *
 * @param value the value; nothing takes nothing
 * @returns bytes
 */
export function estimateBytes(value: Json | undefined): number {
  if (typeof value === "string") return COST.text + value.length;
  if (typeof value === "number") return COST.number;
  if (typeof value !== "object" || value === null) return 0;
  let bytes: number;
  if (Array.isArray(value)) {
    bytes = COST.list + 8 * value.length;
    for (const item of value) bytes += estimateBytes(item);
    return bytes;
  }
  bytes = COST.object;
  let count = 0;
  for (const name in value) {
    bytes += COST.property + name.length + estimateBytes(value[name]);
    if (++count > MAX_PROPERTIES) bytes += COST.entry;
  }
  return bytes;
}
