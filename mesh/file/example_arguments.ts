import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";

/** What a value of each type looks like, so that a reader sees where to put a real one. */
const EXAMPLES: Readonly<Record<string, Json>> = {
  string: "…",
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
  object: {},
};

/**
 * Makes arguments to show: one of its type for each argument that a tool cannot do without.
 *
 * @param parameters a tool's arguments in the short form; what is nothing of the kind has none
 * @param schema … or its JSON Schema
 * @example
 * ```ts
 * import { exampleArguments } from "./example_arguments.ts";
 * import assert from "node:assert/strict";
 * const parameters = { name: { type: "string", required: true }, loud: { type: "boolean" } };
 * assert.deepEqual(exampleArguments(parameters, undefined), { name: "…" });
 * ```
 */
export function exampleArguments(parameters: unknown, schema: unknown): JsonObject {
  if (isJsonObject(parameters)) {
    return examplesOf(
      Object.entries(parameters).filter(([, one]) => isJsonObject(one) && one.required === true),
    );
  }
  if (!isJsonObject(schema) || !Array.isArray(schema.required)) return {};
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const names = schema.required.filter((name) => typeof name === "string");
  return examplesOf(names.map((name) => [name, properties[name]]));
}

function examplesOf(described: readonly (readonly [string, Json | undefined])[]): JsonObject {
  return Object.fromEntries(described.map(([name, one]) => [name, exampleOf(one)]));
}

/** The value that the author shows, or else the least that says of what type it is. */
function exampleOf(one: Json | undefined): Json {
  if (!isJsonObject(one)) return "…";
  for (const shown of [one.examples, one.options, one.enum]) {
    if (Array.isArray(shown) && shown[0] !== undefined) return shown[0];
  }
  if (one.default !== undefined) return one.default;
  if (one.type === "array" && one.items !== undefined) return [exampleOf(one.items)];
  return (typeof one.type === "string" ? EXAMPLES[one.type] : undefined) ?? "…";
}
