import type { Json, JsonObject } from "@asya/protocol";
import type { Located } from "./located.ts";
import type { ObjectSchema } from "./tool.ts";

const TYPES = ["string", "number", "integer", "boolean", "array", "object"] as const;

/** What a parameter may say besides its type, and what JSON Schema calls the same. */
const KEYS = ["type", "required", "description", "options", "default", "items", "properties"];

/** Keywords of JSON Schema that mean the same in the short form. */
const KEYWORDS = [
  "title",
  "examples",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minItems",
  "maxItems",
  "uniqueItems",
];

/**
 * Turns a tool's `parameters`, the short form, into JSON Schema 2020-12. What it does not name is
 * not allowed.
 *
 * @param parameters the value of `parameters`; its problems are kept where it was read
 */
export function toInputSchema(parameters: Located): ObjectSchema {
  return toObjectSchema(parameters);
}

/**
 * Closes the top of a schema that says nothing about further arguments.
 *
 * @param schema an object's schema, as its author wrote it
 */
export function closeSchema(schema: ObjectSchema): ObjectSchema {
  if ("additionalProperties" in schema || "unevaluatedProperties" in schema) return schema;
  const compounds = ["allOf", "anyOf", "oneOf", "if", "$ref", "$dynamicRef", "dependentSchemas"];
  return compounds.some((keyword) => keyword in schema)
    ? { ...schema, unevaluatedProperties: false }
    : { ...schema, additionalProperties: false };
}

function toObjectSchema(parameters: Located): ObjectSchema {
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const [name, parameter] of parameters.entries("an object of parameters by name")) {
    properties[name] = toSchema(parameter);
    const isRequired = parameter.at("required");
    if (!isRequired.isMissing && isRequired.flag()) required.push(name);
  }
  return {
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function toSchema(parameter: Located): JsonObject {
  if (parameter.object("an object with a type") === undefined) return {};
  parameter.allowKeys([...KEYS, ...KEYWORDS]);
  const type = parameter.at("type").choice(TYPES);
  const schema: JsonObject = { ...(type !== undefined && { type }) };
  for (const keyword of ["description", ...KEYWORDS]) {
    const value = parameter.at(keyword);
    if (!value.isMissing) schema[keyword] = value.json();
  }
  const options = parameter.at("options");
  const values = options.isMissing ? [] : toEnum(options);
  if (values.length > 0) schema.enum = values;
  const properties = parameter.at("properties");
  if (!properties.isMissing) {
    if (type === "object") Object.assign(schema, toObjectSchema(properties));
    else properties.fail(`properties is given for type ${type}; allowed: for type object`, "key");
  }
  const items = parameter.at("items");
  if (!items.isMissing) {
    if (type === "array") schema.items = toSchema(items);
    else items.fail(`items is given for type ${type}; allowed: for type array`, "key");
  }
  const byDefault = parameter.at("default");
  if (!byDefault.isMissing) schema.default = byDefault.json();
  else if (fillsItself(schema)) schema.default = {};
  return schema;
}

function toEnum(options: Located): Json[] {
  const values = options.items("a list of values").map((option) => option.json());
  if (Array.isArray(options.value) && values.length === 0) {
    options.fail("options is empty; allowed: at least one value");
  }
  return values;
}

/** Whether an object that is left out gets its properties' defaults all the same. */
function fillsItself(schema: JsonObject): boolean {
  const { type, properties = {}, required } = schema;
  return type === "object" && required === undefined &&
    Object.values(properties as Record<string, JsonObject>).some((property) =>
      property.default !== undefined
    );
}
