import { isJsonObject } from "../kube_object.ts";
import { fieldSchema, isStrayNull, type JsonSchema } from "./json_schema.ts";

/**
 * Fills in what a value does not say and its schema has a default for, from the outside in: so that
 * `default: {}` of an object brings the defaults of its fields. A null where none may be counts as
 * not said.
 */
export function setDefaults(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => setDefaults(items, replaceNull(items, item))) : value;
  }
  if (!isJsonObject(value)) return value;
  const filled: Record<string, unknown> = {};
  for (const [field, content] of Object.entries(value)) {
    const part = fieldSchema(schema, field);
    const said = part ? replaceNull(part, content) : content;
    const isDropped = part !== undefined && isStrayNull(part, said);
    if (!isDropped) filled[field] = part ? setDefaults(part, said) : said;
  }
  for (const [field, part] of Object.entries(schema.properties ?? {})) {
    if (part.default === undefined || filled[field] !== undefined) continue;
    filled[field] = setDefaults(part, structuredClone(part.default));
  }
  return filled;
}

function replaceNull(schema: JsonSchema, value: unknown): unknown {
  const isReplaced = schema.default !== undefined && isStrayNull(schema, value);
  return isReplaced ? structuredClone(schema.default) : value;
}
