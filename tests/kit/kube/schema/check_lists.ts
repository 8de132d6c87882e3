import { cause } from "../cause.ts";
import { isJsonObject, type JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { fieldSchema, type JsonSchema } from "./json_schema.ts";
import { child, item } from "./path.ts";

/** Says which items of sets and keyed lists come twice. */
export function checkLists(schema: JsonSchema, value: unknown, path = ""): StatusCause[] {
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return [
      ...findDuplicates(schema, value, path),
      ...value.flatMap((one, index) => checkLists(items, one, item(path, index))),
    ];
  }
  if (!isJsonObject(value)) return [];
  return Object.keys(value).toSorted().flatMap((field) => {
    const part = fieldSchema(schema, field);
    return part ? checkLists(part, value[field], child(path, field)) : [];
  });
}

function findDuplicates(schema: JsonSchema, list: readonly unknown[], path: string): StatusCause[] {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  return list.flatMap((one, index) => {
    const key = type === "set" ? one : keysOf(one, keys);
    const text = JSON.stringify(key);
    if (seen.has(text)) return [cause.duplicate(item(path, index), key)];
    seen.add(text);
    return [];
  });
}

function keysOf(value: unknown, keys: readonly string[]): JsonObject {
  const said: JsonObject = isJsonObject(value) ? value : {};
  return Object.fromEntries(keys.filter((key) => key in said).map((key) => [key, said[key]]));
}
