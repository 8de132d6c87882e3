import { RE2JS } from "re2js";
import { cause } from "../cause.ts";
import { isJsonObject, isSame, type JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { isOfFormat } from "./is_of_format.ts";
import { fieldSchema, type JsonSchema } from "./json_schema.ts";
import { child, item } from "./path.ts";

/**
 * Says where a value is against its schema, in the API server's words.
 *
 * @param schema of the value
 * @param value what is to be stored
 * @param path where it is
 * @param old what was stored there: what is wrong with it already may stay as it is
 */
export function checkValue(
  schema: JsonSchema,
  value: unknown,
  path = "",
  old?: unknown,
): StatusCause[] {
  if (old !== undefined && isSame(old, value)) return [];
  if (value === null && schema.nullable) return [];
  return [
    ...checkType(schema, value, path),
    ...checkAlternatives(schema, value, path),
    ...(typeof value === "string" ? checkText(schema, value, path) : []),
    ...(typeof value === "number" ? checkNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? checkList(schema, value, path, old) : []),
    ...checkEnum(schema, value, path),
    ...(isJsonObject(value) ? checkObject(schema, value, path, old) : []),
  ];
}

function checkType(schema: JsonSchema, value: unknown, path: string): StatusCause[] {
  const isIntOrString = schema["x-kubernetes-int-or-string"] === true;
  const allowed = isIntOrString ? ["integer", "string"] : schema.type ? [schema.type] : [];
  const got = typeOf(value);
  const isAllowed = allowed.length === 0 || allowed.includes(got) ||
    (got === "integer" && allowed.includes("number"));
  if (isAllowed) return [];
  const why = `${path} in body must be of type ${allowed.join(",")}: ${JSON.stringify(got)}`;
  return [cause.typeInvalid(path, got, why)];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function checkAlternatives(schema: JsonSchema, value: unknown, path: string): StatusCause[] {
  const fits = (one: JsonSchema) => checkValue(one, value, path).length === 0;
  const name = JSON.stringify(path);
  const causes: StatusCause[] = [];
  const refuse = (why: string) => causes.push(cause.invalid(path, value, `${name} ${why}`));
  const { anyOf, oneOf, allOf, not } = schema;
  if (anyOf && !anyOf.some(fits)) refuse("must validate at least one schema (anyOf)");
  const count = oneOf?.filter(fits).length;
  if (count !== undefined && count !== 1) {
    const found = count === 0 ? "Found none valid" : `Found ${count} valid alternatives`;
    refuse(`must validate one and only one schema (oneOf). ${found}`);
  }
  if (allOf && !allOf.every(fits)) refuse("must validate all the schemas (allOf)");
  if (not && fits(not)) refuse("must not validate the schema (not)");
  return causes;
}

function checkText(schema: JsonSchema, text: string, path: string): StatusCause[] {
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  const length = [...text].length;
  const causes: StatusCause[] = [];
  const refuse = (why: string) => causes.push(cause.invalid(path, text, `${path} in body ${why}`));
  if (length > maxLength) causes.push(cause.tooLong(path, maxLength));
  if (length < minLength) refuse(`should be at least ${minLength} chars long`);
  if (pattern && !RE2JS.compile(pattern).matcher(text).find()) {
    refuse(`should match '${pattern}'`);
  }
  if (format && !isOfFormat(text, format)) {
    const why = `${path} in body must be of type ${format}: ${JSON.stringify(text)}`;
    causes.push(cause.typeInvalid(path, text, why));
  }
  return causes;
}

function checkNumber(schema: JsonSchema, value: number, path: string): StatusCause[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum, format } = schema;
  const causes: StatusCause[] = [];
  const refuse = (why: string) => causes.push(cause.invalid(path, value, `${path} in body ${why}`));
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    refuse(`should be a multiple of ${multipleOf}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    refuse(`should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    refuse(`should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
  }
  if (format === "int32" && Math.abs(value + 0.5) > 2 ** 31) {
    refuse(`should be a valid int32`);
  }
  return causes;
}

function checkList(
  schema: JsonSchema,
  list: readonly unknown[],
  path: string,
  old: unknown,
): StatusCause[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  const causes = items
    ? list.flatMap((value, index) =>
      checkValue(items, value, item(path, index), oldItem(schema, value, old))
    )
    : [];
  if (list.length < minItems) {
    causes.push(
      cause.invalid(path, list.length, `${path} in body should have at least ${minItems} items`),
    );
  }
  if (list.length > maxItems) causes.push(cause.tooMany(path, list.length, maxItems));
  return causes;
}

/** What an item was before: only items that have keys can be told. */
function oldItem(schema: JsonSchema, value: unknown, old: unknown): unknown {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (!keys || !Array.isArray(old) || !isJsonObject(value)) return undefined;
  return old.find((one) => isJsonObject(one) && keys.every((key) => isSame(one[key], value[key])));
}

function checkEnum(schema: JsonSchema, value: unknown, path: string): StatusCause[] {
  if (!schema.enum || schema.enum.some((allowed) => isSame(allowed, value))) return [];
  return [cause.notSupported(path, value, schema.enum)];
}

function checkObject(
  schema: JsonSchema,
  value: JsonObject,
  path: string,
  old: unknown,
): StatusCause[] {
  const { minProperties = 0, maxProperties = Infinity, required = [] } = schema;
  const count = Object.keys(value).length;
  const before: JsonObject = isJsonObject(old) ? old : {};
  const causes: StatusCause[] = [];
  if (count < minProperties) {
    const why = `${path} in body should have at least ${minProperties} properties`;
    causes.push(cause.invalid(path, count, why));
  }
  if (count > maxProperties) causes.push(cause.tooMany(path, count, maxProperties));
  for (const field of Object.keys(value).toSorted()) {
    // What the API server itself checks of every object is no matter of the schema.
    if (path === "" && field === "metadata") continue;
    const part = fieldSchema(schema, field);
    if (part) causes.push(...checkValue(part, value[field], child(path, field), before[field]));
  }
  for (const field of required) {
    if (value[field] === undefined) causes.push(cause.required(child(path, field)));
  }
  return causes;
}
