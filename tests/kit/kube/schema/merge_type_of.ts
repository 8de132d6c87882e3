import type { MergeType } from "../apply/merge_type.ts";
import { type JsonSchema, valuesOf } from "./json_schema.ts";

/**
 * How values of a schema are merged. Lists are replaced as a whole unless `x-kubernetes-list-type`
 * says otherwise; objects are merged field by field unless `x-kubernetes-map-type` says `atomic`. Of
 * fields that are kept without being known, each is merged by what it happens to be.
 */
export function mergeTypeOf(schema: JsonSchema): MergeType {
  if (schema["x-kubernetes-int-or-string"]) return { merges: "scalar" };
  if (schema.type === "array") return listType(schema);
  if (schema.type === "object" || schema.properties) return objectType(schema);
  switch (schema.type) {
    case "string":
      return { merges: "scalar", is: "string" };
    case "boolean":
      return { merges: "scalar", is: "boolean" };
    case "integer":
    case "number":
      return { merges: "scalar", is: "numeric" };
  }
  return { merges: schema["x-kubernetes-preserve-unknown-fields"] ? "deduced" : "atomic" };
}

function listType(schema: JsonSchema): MergeType {
  const { items = {} } = schema;
  switch (schema["x-kubernetes-list-type"]) {
    case "set":
      return { merges: "set" };
    case "map": {
      const keys = schema["x-kubernetes-list-map-keys"] ?? [];
      const defaults = keys.map((key): [string, unknown] => [key, items.properties?.[key]?.default])
        .filter(([, value]) => value !== undefined);
      return {
        merges: "keyed",
        of: mergeTypeOf(items),
        keys,
        keyDefaults: Object.fromEntries(defaults),
      };
    }
    default:
      return { merges: "atomic" };
  }
}

function objectType(schema: JsonSchema): MergeType {
  if (schema["x-kubernetes-map-type"] === "atomic") return { merges: "atomic" };
  const values = valuesOf(schema);
  if (values) return { merges: "map", of: mergeTypeOf(values) };
  const keepsAll = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0 && keepsAll) return { merges: "deduced" };
  return {
    merges: "struct",
    fields: Object.fromEntries(fields.map(([field, part]) => [field, mergeTypeOf(part)])),
    ...(keepsAll && { rest: { merges: "deduced" } }),
  };
}
