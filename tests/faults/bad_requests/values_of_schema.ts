import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import fc from "fast-check";

/** Stands for a job that there is, in paths and bodies. */
export const SOME_JOB = "SOME-JOB";

/** Tools that there are. */
const TOOLS = ["scan", "open", "asya_job"];

/** What is in no schema. */
const oddJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, "", 0, -1, 0.5, -0, 1e300, 2 ** 53, true, [], {}, [[]], [null]),
  fc.constantFrom<Json>("\u0000", "\ud800", "a".repeat(3_000), "../../etc/passwd", "' OR 1=1 --"),
  fc.constant(JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json),
  fc.jsonValue().map((value) => value as Json),
);

/**
 * Values that a schema describes, some at its edges and some beside them.
 *
 * @param document where its references lead
 * @param schema JSON Schema, as far as the gateway's description uses it
 * @param depth how deep in a body it stands
 */
export function valueOf(
  document: JsonObject,
  schema: JsonObject,
  depth = 0,
): fc.Arbitrary<Json> {
  const { $ref, anyOf, enum: choices, type, items, properties } = schema;
  if (typeof $ref === "string") {
    return valueOf(document, inner(document, ...$ref.slice(2).split("/")), depth);
  }
  if (Array.isArray(anyOf)) {
    return fc.oneof(...anyOf.filter(isJsonObject).map((one) => valueOf(document, one, depth)));
  }
  if (Array.isArray(choices)) return orOdd(fc.constantFrom(...choices));
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one) => valueOf(document, { ...schema, type: one }, depth)));
  }
  switch (type) {
    case "string":
      return orOdd(textOf(schema));
    case "integer":
    case "number":
      return orOdd(numberOf(schema));
    case "null":
      return fc.constant(null);
    case "array": {
      const item = valueOf(document, isJsonObject(items) ? items : {}, depth + 1);
      return orOdd(fc.array(item, { maxLength: 4 }).map((value) => value as Json));
    }
    case "object":
      return orOdd(
        objectOf(document, schema, isJsonObject(properties) ? properties : {}, depth),
        depth === 0 ? 40 : 8,
      );
    default:
      return oddJson;
  }
}

function objectOf(
  document: JsonObject,
  { required }: JsonObject,
  properties: JsonObject,
  depth: number,
): fc.Arbitrary<Json> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      valueOf(document, isJsonObject(schema) ? schema : {}, depth + 1),
    ]),
  );
  const needed = Array.isArray(required) ? required.map(String) : [];
  const extra = fc.dictionary(fc.string({ maxLength: 8 }), oddJson, { maxKeys: 2 });
  return fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.record(fields, { requiredKeys: needed }) },
      { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }),
  ).map(([known, more]) => ({ ...more, ...known }) as JsonObject);
}

function orOdd(usual: fc.Arbitrary<Json>, weight = 8): fc.Arbitrary<Json> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: oddJson });
}

function textOf({ pattern, maxLength, minLength }: JsonObject): fc.Arbitrary<Json> {
  const edge = typeof maxLength === "number" ? maxLength : 40;
  return fc.oneof(
    fc.constantFrom(SOME_JOB, ...TOOLS, "a", "/0:2:ab", "/1:2:ab", "/0:1:ab/0:1:cd"),
    fc.constantFrom("a".repeat(edge), "a".repeat(edge + 1), minLength === 1 ? "" : "b"),
    typeof pattern === "string" ? fc.stringMatching(new RegExp(pattern)) : fc.string(),
  );
}

function numberOf({ minimum, maximum, type }: JsonObject): fc.Arbitrary<Json> {
  const least = typeof minimum === "number" ? minimum : -5;
  const most = typeof maximum === "number" ? maximum : 1e9;
  return fc.oneof(
    fc.integer({ min: Math.ceil(least), max: Math.min(5, Math.floor(most)) }),
    fc.constantFrom(least, least - 1, most, most + 1, type === "integer" ? 0.5 : 1),
  );
}

/** The object that stands somewhere in another one. */
export function inner(value: JsonObject, ...path: string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (one, name) => isJsonObject(one) ? one[name] : undefined,
    value,
  );
  if (!isJsonObject(found)) throw new TypeError(`${path.join("/")} is no object`);
  return found;
}
