import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { parsePattern } from "./pattern.ts";
import { type Subschema, subschemasOf } from "./subschemas.ts";
import type { Path } from "./yaml_document.ts";

/** Something that is wrong within a schema, and where. */
export interface SchemaProblem {
  /** Keys and indices from the schema's top. */
  readonly path: Path;
  /** Whether it is about the name itself. */
  readonly on?: "key";
  /** What is wrong, in words. */
  readonly text: string;
}

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/**
 * What is wrong in a schema beyond the form of its keywords: its draft, its references, its patterns.
 *
 * @param schema a JSON Schema
 */
export function checkSchema(schema: JsonObject): SchemaProblem[] {
  const all = subschemasOf(schema);
  return [
    ...checkIds(all),
    ...checkLoops(all),
    ...all.flatMap((
      one,
    ) => [...checkDraft(one), ...checkReferences(one, all), ...checkPatterns(one)]),
  ];
}

function checkIds(all: readonly Subschema[]): SchemaProblem[] {
  const known = new Set<string>();
  return all.flatMap(({ schema: { $id }, path }) => {
    if (typeof $id !== "string") return [];
    const isTaken = known.has($id);
    known.add($id);
    const text = `$id is ${JSON.stringify($id)}, which is given twice; allowed: once`;
    return isTaken ? [{ path: [...path, "$id"], text }] : [];
  });
}

function checkDraft({ schema: { $schema }, path }: Subschema): SchemaProblem[] {
  if ($schema === undefined || $schema === DRAFT || $schema === `${DRAFT}#`) return [];
  const text = `$schema is ${JSON.stringify($schema)}; allowed: ${JSON.stringify(DRAFT)}, or none`;
  return [{ path: [...path, "$schema"], text }];
}

function checkReferences(one: Subschema, all: readonly Subschema[]): SchemaProblem[] {
  return ["$ref", "$dynamicRef"].flatMap((keyword) => {
    const reference = one.schema[keyword];
    if (typeof reference !== "string") return [];
    const wrong = checkReference(reference, one.base, all);
    if (wrong === undefined) return [];
    const text = `${keyword} is ${JSON.stringify(reference)}, ${wrong}`;
    return [{ path: [...one.path, keyword], text }];
  });
}

/** What is wrong with a reference; references into a part with an id of its own are only compiled. */
function checkReference(
  reference: string,
  base: JsonObject,
  all: readonly Subschema[],
): string | undefined {
  const [document = "", fragment = ""] = reference.split("#");
  if (document !== "") {
    const isHere = document === DRAFT ||
      all.some(({ schema: { $id } }) =>
        typeof $id === "string" && $id.replace(/#$/, "").endsWith(document)
      );
    return isHere
      ? undefined
      : "which is another document; allowed: places in this schema, such as #/$defs/name";
  }
  const isThere = fragment === "" ||
    (fragment.startsWith("/")
      ? isSchema(valueAt(base, fragment))
      : all.some(({ base: other, schema: { $anchor, $dynamicAnchor } }) =>
        other === base && ($anchor === fragment || $dynamicAnchor === fragment)
      ));
  return isThere ? undefined : "which leads nowhere; allowed: places that are in this schema";
}

/**
 * References that lead back to themselves while the value stays the same: to check it by them would
 * never end. Those below a property or an item end with the value.
 */
function checkLoops(all: readonly Subschema[]): SchemaProblem[] {
  const known = new Map(all.map((one) => [one.schema, one]));
  return all.flatMap(({ schema, path }) => {
    const { $ref } = schema;
    if (typeof $ref !== "string") return [];
    const reached = new Set([schema]);
    for (const from of reached) {
      for (const next of forSameValue(from, known.get(from)?.base ?? from)) {
        if (next !== schema) reached.add(next);
        else {
          const text = `$ref is ${JSON.stringify($ref)}, which leads back here without an end; ` +
            "allowed: to itself by way of a property or an item";
          return [{ path: [...path, "$ref"], text }];
        }
      }
    }
    return [];
  });
}

/** The schemas that the value of a schema is checked by as well. */
function forSameValue(schema: JsonObject, base: JsonObject): JsonObject[] {
  const { $ref, allOf, anyOf, oneOf, dependentSchemas } = schema;
  const target = typeof $ref === "string" && /^#(\/|$)/.test($ref)
    ? valueAt(base, $ref.slice(1))
    : undefined;
  return [
    ...[target, schema.if, schema.then, schema.else, schema.not],
    ...[allOf, anyOf, oneOf].flatMap((list) => Array.isArray(list) ? list : []),
    ...(isJsonObject(dependentSchemas) ? Object.values(dependentSchemas) : []),
  ].filter((next) => isJsonObject(next));
}

function isSchema(value: Json | undefined): boolean {
  return isJsonObject(value) || typeof value === "boolean";
}

/** @see RFC 6901, sections 4 and 6 */
function valueAt(root: JsonObject, fragment: string): Json | undefined {
  let value: Json | undefined = root;
  for (const part of fragment.split("/").slice(1)) {
    const name = decode(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Record<string, Json>)[name];
  }
  return value;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone percent sign stands for itself
  }
}

function checkPatterns({ schema, path }: Subschema): SchemaProblem[] {
  const { pattern, patternProperties } = schema;
  const parsed = typeof pattern === "string" ? parsePattern(pattern) : undefined;
  const problems: SchemaProblem[] = [];
  if (parsed?.ok === false) {
    problems.push({ path: [...path, "pattern"], text: `pattern is ${parsed.problem}` });
  }
  for (const name of isJsonObject(patternProperties) ? Object.keys(patternProperties) : []) {
    const named = parsePattern(name);
    if (named.ok) continue;
    const at = [...path, "patternProperties", name];
    problems.push({ path: at, on: "key", text: `a name's pattern is ${named.problem}` });
  }
  return problems;
}
