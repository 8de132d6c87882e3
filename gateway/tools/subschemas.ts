import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import type { Path } from "./yaml_document.ts";

/** A schema within a schema, and where it stands. */
export interface Subschema {
  readonly schema: JsonObject;
  readonly path: Path;
  /** The schema around it, or itself, that references within it begin at. */
  readonly base: JsonObject;
}

/** Keywords whose value is a schema. */
const ONE = [
  ...["additionalProperties", "unevaluatedProperties", "propertyNames", "contentSchema"],
  ...["items", "unevaluatedItems", "contains", "not", "if", "then", "else"],
];

/** Keywords whose value is a list of schemas. */
const LIST = ["allOf", "anyOf", "oneOf", "prefixItems"];

/** Keywords whose value is an object of schemas by name. */
const NAMED = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/**
 * Every schema within a schema, itself first. What only looks like one, such as an example, is none.
 *
 * @param schema a JSON Schema 2020-12
 */
export function subschemasOf(schema: JsonObject): Subschema[] {
  return [...walk(schema, [], schema)];
}

function* walk(schema: Json | undefined, path: Path, outer: JsonObject): Generator<Subschema> {
  if (!isJsonObject(schema)) return;
  const base = typeof schema.$id === "string" ? schema : outer;
  yield { schema, path, base };
  for (const keyword of ONE) yield* walk(schema[keyword], [...path, keyword], base);
  for (const keyword of LIST) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    for (const [index, one] of list.entries()) yield* walk(one, [...path, keyword, index], base);
  }
  for (const keyword of NAMED) {
    const named = schema[keyword];
    if (!isJsonObject(named)) continue;
    for (const name of Object.keys(named)) {
      yield* walk(named[name], [...path, keyword, name], base);
    }
  }
}
