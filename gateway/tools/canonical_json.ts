import { isJsonObject, type Json } from "@asya/protocol";

/**
 * Writes a value so that the same values have the same text: the order of an object's members says
 * nothing.
 *
 * @param value any value
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, inOrder);
}

function inOrder(_: string, value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1));
}
