import { nearestName } from "@asya/program";
import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import type { ListedTool } from "./gateway_client.ts";

/** Arguments that a tool may take, or everything that it does not. */
export type ReadArguments =
  | { readonly ok: true; readonly arguments: JsonObject }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Turns arguments as they stand on a command line into what a tool wants: text where its schema says
 * so, else JSON where it is JSON, else text. What the schema plainly does not allow is a problem
 * here; what only the whole schema can tell is the gateway's to say.
 *
 * @param base arguments that came as JSON
 * @param pairs names and values; they count more
 * @param tool the tool
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readArguments } from "./read_arguments.ts";
 * const properties = { name: { type: "string" }, count: { type: "integer" } };
 * const tool = { name: "t", description: "", inputSchema: { properties } };
 * assert.deepEqual(readArguments({}, [["name", "7"], ["count", "7"]], tool), {
 *   ok: true, arguments: { name: "7", count: 7 },
 * });
 * ```
 */
export function readArguments(
  base: JsonObject,
  pairs: readonly (readonly [string, string])[],
  { name: tool, inputSchema }: ListedTool,
): ReadArguments {
  const properties = isJsonObject(inputSchema.properties) ? inputSchema.properties : {};
  const schemaOf = (name: string): JsonObject => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isJsonObject(schema) ? schema : {};
  };
  const given = Object.fromEntries(pairs.map(([name, text]) => {
    const json = schemaOf(name).type === "string" ? undefined : parseJson(text);
    return [name, json?.ok ? json.value : text];
  }));
  const args: JsonObject = { ...base, ...given };
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const names = Object.keys(properties);
  const isClosed = inputSchema.additionalProperties === false;
  const problems = [
    ...Object.keys(args).filter((name) => isClosed && !Object.hasOwn(properties, name))
      .map((name) => `${tool} takes no argument ${JSON.stringify(name)}; ${hint(name, names)}`),
    ...required.filter((name) => typeof name === "string" && !Object.hasOwn(args, name))
      .map((name) => `${tool} needs the argument ${name}${describe(schemaOf(String(name)))}`),
    ...Object.entries(args).flatMap(([name, value]) => {
      const allowed = whyNot(value, schemaOf(name));
      return allowed === undefined ? [] : [`${name} is ${shorten(value)}; allowed: ${allowed}`];
    }),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, arguments: args };
}

/** What is allowed in a value's place, where the value plainly is not. */
function whyNot(value: Json, { type, enum: choices }: JsonObject): string | undefined {
  if (Array.isArray(choices)) {
    const isChoice = choices.some((choice) => JSON.stringify(choice) === JSON.stringify(value));
    return isChoice ? undefined : choices.map((choice) => plain(choice)).join(", ");
  }
  if (typeof type !== "string") return undefined;
  return isOf(type, value) ? undefined : WORDS[type];
}

const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list, such as [1, 2]",
  object: 'an object, such as {"a": 1}',
  null: "null",
};

/** Whether a value is of a type of JSON Schema; one that there is not says nothing. */
function isOf(type: string, value: Json): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    default:
      return true;
  }
}

function describe({ description }: JsonObject): string {
  return typeof description === "string" ? `: ${description}` : "";
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  return known.length === 0 ? "it takes none" : `allowed: ${known.join(", ")}`;
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shorten(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
