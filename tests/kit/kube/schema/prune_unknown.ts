import { isJsonObject } from "../kube_object.ts";
import { fieldSchema, type JsonSchema } from "./json_schema.ts";
import { child, item } from "./path.ts";

/** What every object of the API says of itself, whatever its schema says. */
const OF_OBJECTS = ["apiVersion", "kind", "metadata"];

/**
 * Drops the fields that a schema does not know.
 *
 * @param schema of the value
 * @param value what was sent; it stays as it is
 * @param unknown where the paths of what was dropped go
 */
export function pruneUnknown(
  schema: JsonSchema,
  value: unknown,
  unknown: string[],
  path = "",
): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return value;
    return value.map((part, index) => pruneUnknown(items, part, unknown, item(path, index)));
  }
  if (!isJsonObject(value)) return value;
  const keepsAll = schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema.additionalProperties === true;
  const isObject = path === "" || schema["x-kubernetes-embedded-resource"] === true;
  const kept: Record<string, unknown> = {};
  for (const [field, content] of Object.entries(value)) {
    const part = fieldSchema(schema, field);
    const isOfObject = isObject && OF_OBJECTS.includes(field);
    if (isOfObject || (!part && keepsAll)) kept[field] = content;
    else if (part) kept[field] = pruneUnknown(part, content, unknown, child(path, field));
    else unknown.push(child(path, field));
  }
  return kept;
}
