import { isJsonObject, type JsonObject } from "../kube_object.ts";
import { celName } from "./cel_name.ts";
import { type JsonSchema, valuesOf } from "./json_schema.ts";

/**
 * A value as rules see it: whole numbers are integers or doubles as the schema says, and of objects
 * there are only the fields that the schema names.
 *
 * @param schema of the value
 * @param value as JSON
 * @param isRoot whether it is the whole object, of whose metadata rules see the names
 */
export function celValue(schema: JsonSchema, value: unknown, isRoot = false): unknown {
  if (typeof value === "number") {
    return schema.type === "number" || !Number.isInteger(value) ? value : BigInt(value);
  }
  if (Array.isArray(value)) return value.map((one) => celValue(schema.items ?? {}, one));
  if (typeof value === "string") return celText(schema.format, value);
  if (!isJsonObject(value)) return value;
  const values = valuesOf(schema);
  if (values) return mapValues(value, (one) => celValue(values, one));
  const seen: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(fieldsSeen(schema, isRoot))) {
    const name = celName(field);
    if (name && field in value) seen[name] = celValue(part, value[field]);
  }
  return seen;
}

function celText(format: string | undefined, text: string): unknown {
  return format === "date-time" || format === "date" ? new Date(text) : text;
}

function mapValues(value: JsonObject, change: (one: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one)]));
}

const TEXT: JsonSchema = { type: "string" };

/** Every object can be asked what it is and how it is called. */
const OF_OBJECTS: Readonly<Record<string, JsonSchema>> = {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: { type: "object", properties: { name: TEXT, generateName: TEXT } },
};

/** The fields that rules can name, with their schemas. */
export function fieldsSeen(
  schema: JsonSchema,
  isRoot: boolean,
): Readonly<Record<string, JsonSchema>> {
  const isObject = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  return { ...schema.properties, ...(isObject && OF_OBJECTS) };
}
