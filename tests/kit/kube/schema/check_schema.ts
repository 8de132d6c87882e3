import { RE2JS } from "re2js";
import { cause } from "../cause.ts";
import type { StatusCause } from "../status_error.ts";
import { checkValue } from "./check_value.ts";
import type { JsonSchema } from "./json_schema.ts";
import { pruneUnknown } from "./prune_unknown.ts";
import { setDefaults } from "./set_defaults.ts";

/** Where a schema is, seen from the one around it. */
type Place = "root" | "field" | "item" | "value";

const NEEDS_TYPE: Readonly<Record<Place, string>> = {
  root: "must not be empty at the root",
  field: "must not be empty for specified object fields",
  item: "must not be empty for specified array items",
  value: "must not be empty for specified object fields",
};

/** What only a schema itself may say, not its alternatives. */
const OF_STRUCTURE = [
  ...["type", "default", "nullable", "description", "additionalProperties"],
  ...["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"],
  ...["x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"],
] as const;

/**
 * Says why a schema is not "structural": one from which it can be told, without looking into
 * alternatives, which fields there are, and of which types.
 *
 * @param schema to look at, with everything in it
 * @param path of the schema
 */
export function checkSchema(
  schema: JsonSchema,
  path: string,
  place: Place = "root",
): StatusCause[] {
  return [
    ...checkType(schema, path, place),
    ...checkShape(schema, path),
    ...checkListType(schema, path),
    ...checkAlternatives(schema, path),
    ...checkDefault(schema, path),
    ...Object.entries(schema.properties ?? {}).flatMap(([field, part]) =>
      checkSchema(part, `${path}.properties[${field}]`, "field")
    ),
    ...(schema.items ? checkSchema(schema.items, `${path}.items`, "item") : []),
    ...(typeof schema.additionalProperties === "object"
      ? checkSchema(schema.additionalProperties, `${path}.additionalProperties`, "value")
      : []),
  ];
}

function checkType(schema: JsonSchema, path: string, place: Place): StatusCause[] {
  const { type, "x-kubernetes-int-or-string": isIntOrString } = schema;
  if (type === undefined) {
    const isFree = place !== "root" &&
      (isIntOrString || schema["x-kubernetes-preserve-unknown-fields"]);
    return isFree ? [] : [cause.required(`${path}.type`, NEEDS_TYPE[place])];
  }
  if (isIntOrString) {
    const why = "must be empty if x-kubernetes-int-or-string is true";
    return [cause.forbidden(`${path}.type`, why)];
  }
  if (place === "root" && type !== "object") {
    return [cause.invalid(`${path}.type`, type, "must be object at the root")];
  }
  const types = ["array", "boolean", "integer", "number", "object", "string"];
  return types.includes(type) ? [] : [cause.notSupported(`${path}.type`, type, types)];
}

function checkShape(schema: JsonSchema, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (schema.properties && schema.additionalProperties !== undefined) {
    const why = "additionalProperties and properties are mutual exclusive";
    causes.push(cause.forbidden(`${path}.additionalProperties`, why));
  }
  if (schema.type === "array" && !schema.items) {
    causes.push(cause.required(`${path}.items`, "must be specified"));
  }
  if (schema.uniqueItems) {
    const why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    causes.push(cause.forbidden(`${path}.uniqueItems`, why));
  }
  if (schema.pattern !== undefined && !isPattern(schema.pattern)) {
    const why = "must be a valid regular expression, but isn't";
    causes.push(cause.invalid(`${path}.pattern`, schema.pattern, why));
  }
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    causes.push(
      cause.invalid(
        `${path}.x-kubernetes-preserve-unknown-fields`,
        false,
        "must be true or undefined",
      ),
    );
  }
  return causes;
}

function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

function checkListType(schema: JsonSchema, path: string): StatusCause[] {
  const keys = schema["x-kubernetes-list-map-keys"];
  const listType = schema["x-kubernetes-list-type"];
  const { items } = schema;
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  if (listType !== undefined && schema.type !== "array") {
    const why = "must be array if x-kubernetes-list-type is specified";
    return [cause.invalid(`${path}.type`, schema.type ?? "", why)];
  }
  if (listType === "set") {
    const isScalar = items?.type !== undefined && !["object", "array"].includes(items.type);
    const isWhole = items?.["x-kubernetes-map-type"] === "atomic";
    const why = "set as x-kubernetes-list-type must have scalar or atomic items";
    return isScalar || isWhole ? [] : [cause.invalid(`${path}.items`, items?.type ?? "", why)];
  }
  if (listType !== "map") return [];
  if (!keys?.length) {
    return [cause.required(keysPath, "must not be empty if x-kubernetes-list-type is map")];
  }
  return keys.flatMap((key, index) => {
    const part = items?.properties?.[key];
    if (!part) {
      const why = "entries must all be names of item properties";
      return [cause.invalid(`${keysPath}[${index}]`, key, why)];
    }
    const isSaid = items?.required?.includes(key) || part.default !== undefined;
    const why = "this property is in x-kubernetes-list-map-keys, so it must have a default or be " +
      "a required property";
    return isSaid ? [] : [cause.required(`${path}.items.properties[${key}].default`, why)];
  });
}

function checkAlternatives(schema: JsonSchema, path: string): StatusCause[] {
  const lists = ["allOf", "anyOf", "oneOf"] as const;
  const alternatives = lists.flatMap((list) =>
    (schema[list] ?? []).map((part, index) => ({ part, at: `${path}.${list}[${index}]` }))
  );
  if (schema.not) alternatives.push({ part: schema.not, at: `${path}.not` });
  return alternatives.flatMap(({ part, at }) => checkAlternative(part, at, schema));
}

function checkAlternative(part: JsonSchema, path: string, around: JsonSchema): StatusCause[] {
  const isOfNumbersAndTexts = around["x-kubernetes-int-or-string"] === true;
  const forbidden = OF_STRUCTURE.filter((key) => part[key] !== undefined)
    .filter((key) => !(key === "type" && isOfNumbersAndTexts))
    .map((key) => cause.forbidden(`${path}.${key}`, "must be empty to be structural"));
  const unknown = Object.keys(part.properties ?? {})
    .filter((field) => around.properties?.[field] === undefined)
    .map((field) => {
      const at = `${path.slice(0, path.lastIndexOf("."))}.properties[${field}]`;
      return cause.required(at, `because it is defined in ${path}.properties[${field}]`);
    });
  const inner = Object.entries(part.properties ?? {}).flatMap(([field, one]) =>
    checkAlternative(one, `${path}.properties[${field}]`, around.properties?.[field] ?? {})
  );
  return [...forbidden, ...unknown, ...inner];
}

function checkDefault(schema: JsonSchema, path: string): StatusCause[] {
  if (schema.default === undefined) return [];
  const unknown: string[] = [];
  pruneUnknown(schema, schema.default, unknown, "default");
  const at = `${path}.default`;
  if (unknown.length > 0) {
    return [cause.invalid(at, schema.default, "must not have unknown fields")];
  }
  return checkValue(schema, setDefaults(schema, schema.default))
    .map(({ field, ...rest }) => ({ ...rest, field: field ? `${at}.${field}` : at }));
}
