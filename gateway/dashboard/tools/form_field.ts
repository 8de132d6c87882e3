import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";

/** What a form has to say of each field, whatever its kind. */
interface FieldWords {
  readonly title?: string;
  readonly description?: string;
  /** What is allowed, in a few words each. */
  readonly hints: readonly string[];
  /** What is there where nobody says otherwise. */
  readonly byDefault?: Json;
}

/** One field of a form, of the schema of one value. */
export type Field = FieldWords & FieldKind;

/** How a value is asked for. */
type FieldKind =
  /** Any text, in one line or more. */
  | { readonly kind: "text"; readonly isLong: boolean }
  | { readonly kind: "number"; readonly isWhole: boolean }
  /** One of some values, of any type; `true` and `false` are two of them. */
  | { readonly kind: "choice"; readonly options: readonly Json[] }
  | {
    readonly kind: "object";
    readonly members: readonly Member[];
    /** Whether there may be more than the members, as JSON. */
    readonly takesFurther: boolean;
  }
  | { readonly kind: "list"; readonly item: Field }
  /** Whatever has no field of its own: its JSON. */
  | { readonly kind: "json" };

/** A field within an object. */
export interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly field: Field;
}

/** The field of a whole form. */
export type ObjectField = Extract<Field, { kind: "object" }>;

/** Levels of objects and lists that a form has fields for; what is deeper is asked for as JSON. */
const MAX_LEVELS = 5;

/** Texts that may be longer than this get several lines. */
const ONE_LINE = 200;

/** Keywords that say more of a value than a field can ask for. */
const COMPOUNDS = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if"];

/** Of an object, also these. */
const OBJECT_COMPOUNDS = [...COMPOUNDS, "patternProperties", "propertyNames", "dependentSchemas"];

/**
 * Plans the form for a tool's arguments. It asks for what it can in fields, and for the rest in
 * JSON: whatever the schema allows can be said.
 *
 * @param schema the tool's schema
 */
export function planForm(schema: JsonObject): ObjectField {
  return planObject(schema, MAX_LEVELS);
}

/**
 * Plans the field for one value.
 *
 * @param schema JSON Schema 2020-12 of the value
 * @param levels of objects and lists that may be in it
 */
function planField(schema: Json, levels: number): Field {
  if (!isJsonObject(schema)) return { kind: "json", hints: [] };
  const words = describe(schema);
  const json: Field = { ...words, kind: "json" };
  if (schema.const !== undefined) return { ...words, kind: "choice", options: [schema.const] };
  if (Array.isArray(schema.enum)) return { ...words, kind: "choice", options: schema.enum };
  if (has(schema, schema.type === "object" ? OBJECT_COMPOUNDS : COMPOUNDS)) return json;
  switch (schema.type) {
    case "string":
      return { ...words, kind: "text", isLong: isLong(schema) };
    case "number":
    case "integer":
      return { ...words, kind: "number", isWhole: schema.type === "integer" };
    case "boolean":
      return { ...words, kind: "choice", options: [true, false] };
    case "object":
      return levels > 0 && isJsonObject(schema.properties) ? planObject(schema, levels) : json;
    case "array":
      return levels > 0 && isJsonObject(schema.items) && schema.prefixItems === undefined
        ? { ...words, kind: "list", item: planField(schema.items, levels - 1) }
        : json;
    default:
      return json;
  }
}

function planObject(schema: JsonObject, levels: number): ObjectField {
  const { properties, required, additionalProperties, unevaluatedProperties } = schema;
  const needed = Array.isArray(required) ? required : [];
  return {
    ...describe(schema),
    kind: "object",
    members: Object.entries(isJsonObject(properties) ? properties : {}).map(([name, member]) => ({
      name,
      isRequired: needed.includes(name),
      field: planField(member, levels - 1),
    })),
    takesFurther: additionalProperties !== false &&
      (unevaluatedProperties !== false || has(schema, OBJECT_COMPOUNDS)),
  };
}

function has(schema: JsonObject, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => Object.hasOwn(schema, keyword));
}

function isLong({ maxLength, pattern, format }: JsonObject): boolean {
  if (typeof maxLength === "number") return maxLength > ONE_LINE;
  return pattern === undefined && format === undefined;
}

/** Keywords that a reader is told, and how. */
const HINTS: readonly (readonly [string, (value: string) => string])[] = [
  ["format", (value) => `format ${value}`],
  ["pattern", (value) => `matches ${value}`],
  ["minLength", (value) => `at least ${value} characters`],
  ["maxLength", (value) => `up to ${value} characters`],
  ["minimum", (value) => `at least ${value}`],
  ["exclusiveMinimum", (value) => `more than ${value}`],
  ["maximum", (value) => `at most ${value}`],
  ["exclusiveMaximum", (value) => `less than ${value}`],
  ["multipleOf", (value) => `a multiple of ${value}`],
  ["minItems", (value) => `at least ${value} items`],
  ["maxItems", (value) => `up to ${value} items`],
];

function describe(schema: JsonObject): FieldWords {
  const { title, description } = schema;
  const hints = HINTS.flatMap(([keyword, say]) => {
    const value = schema[keyword];
    return typeof value === "string" || typeof value === "number" ? [say(String(value))] : [];
  });
  return {
    ...(typeof title === "string" && { title }),
    ...(typeof description === "string" && { description }),
    hints: [...hints, ...schema.uniqueItems === true ? ["no item twice"] : []],
    ...(schema.default !== undefined && { byDefault: schema.default }),
  };
}
