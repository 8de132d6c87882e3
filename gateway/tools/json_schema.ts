import { nearestName } from "@asya/program";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import { checkSchema, type SchemaProblem } from "./check_schema.ts";
import { limitReferences, type ReferenceLimit } from "./limit_references.ts";
import { parsePattern, type Pattern } from "./pattern.ts";
import { uniqueItems } from "./unique_items.ts";
import type { Path } from "./yaml_document.ts";

export type { SchemaProblem } from "./check_schema.ts";

/** Checks a value; may fill in defaults. Answers what is wrong, one sentence each. */
export type CheckValue = (value: Json) => string[];

/** The same, each sentence with the place in the value that it is about. */
export type LocateProblems = (value: Json) => SchemaProblem[];

/** A schema that can be used, or what is wrong with it. */
export type CompiledSchema =
  | {
    readonly ok: true;
    readonly check: CheckValue;
    readonly locate: LocateProblems;
    /** What is wrong with the values that are filled in where nothing is given. */
    readonly wrongDefaults: readonly SchemaProblem[];
  }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Compiles JSON Schemas, draft 2020-12. */
export interface SchemaCompiler {
  /** For values that come from a caller: missing ones get their defaults. */
  compileInput(schema: JsonObject): CompiledSchema;
  /** For values that go to a caller, which stay as they are. */
  compileOutput(schema: JsonObject): CompiledSchema;
}

/**
 * Creates a compiler. One serves all tools: the compiled schemas share its meta-schema and caches.
 *
 * Formats are notes to the reader, as the draft has it. References to other documents are refused,
 * and so are patterns whose time may grow faster than the text.
 *
 * @example
 * ```ts
 * import { createSchemaCompiler } from "@asya/gateway";
 * import assert from "node:assert/strict";
 *
 * const schema = { type: "object", properties: { page: { type: "integer", default: 1 } } };
 * const compiled = createSchemaCompiler().compileInput(schema);
 * assert(compiled.ok);
 * const given = {};
 * assert.deepEqual(compiled.check(given), []);
 * assert.deepEqual(given, { page: 1 });
 * assert.deepEqual(compiled.check({ page: "one" }), [
 *   'argument "page" is "one"; integer is allowed',
 * ]);
 * ```
 */
export function createSchemaCompiler(): SchemaCompiler {
  const createCompile = (what: string, useDefaults: boolean) => {
    const ajv = createAjv({ useDefaults, allErrors: true });
    const createBrief = () => createAjv({ useDefaults, allErrors: false, validateSchema: false });
    return (schema: JsonObject) => compile(ajv, createBrief, schema, what);
  };
  return {
    compileInput: createCompile("argument", true),
    compileOutput: createCompile("result", false),
  };
}

/** A compiler, and what bounds the time of its checks. */
interface Compiler {
  readonly ajv: Ajv2020;
  readonly limit: ReferenceLimit;
}

function createAjv(options: Options): Compiler {
  const ajv = new Ajv2020({
    ...options,
    strict: false,
    validateFormats: false,
    verbose: true,
    logger: false,
    code: { regExp: Object.assign(usePattern, { code: "usePattern" }) },
  }).removeKeyword("uniqueItems").addKeyword(uniqueItems);
  return { ajv, limit: limitReferences(ajv) };
}

/**
 * Values within a value of which every problem is told. Of a larger one it is the first: there may
 * be one for each value in it, and to put them into words takes many times what was sent.
 */
const MAX_VALUES = 1_000;

/** References that a check follows to tell every problem; beyond, it stops at the first one. */
const MAX_REFERENCES = 2_000;

/** References that a check follows at all: some for each value, and some for what is nested. */
const MAX_REFERENCES_BRIEFLY = { atAll: 20_000, ofValue: 16 };

function compile(
  { ajv, limit }: Compiler,
  createBrief: () => Compiler,
  schema: JsonObject,
  what: string,
): CompiledSchema {
  const problems = [...checkForm(ajv, schema), ...checkSchema(schema)];
  if (problems.length > 0) return { ok: false, problems };
  try {
    const validate = ajv.compile(schema);
    const run = (check: ValidateFunction, value: Json) =>
      check(value) ? [] : explain(check.errors ?? [], value, what);
    const compileBriefly = () => {
      const brief = createBrief();
      return { check: brief.ajv.compile(schema), limit: brief.limit };
    };
    let briefly: ReturnType<typeof compileBriefly> | undefined;
    const locate: LocateProblems = (value) => {
      const isLarge = countValues(value, MAX_VALUES) > MAX_VALUES;
      const problems = isLarge ? undefined : limit.run(MAX_REFERENCES, () => run(validate, value));
      if (problems) return problems;
      const { check, limit: briefLimit } = briefly ??= compileBriefly();
      const { atAll, ofValue } = MAX_REFERENCES_BRIEFLY;
      const references = atAll + ofValue * countValues(value, Infinity);
      const text =
        `${nameOf([], what)} is nested too deeply to be checked by a schema that leads ` +
        "back to itself; fewer levels are allowed";
      return briefLimit.run(references, () => run(check, value)) ?? [{ path: [], text }];
    };
    return {
      ok: true,
      check: (value) => locate(value).map(({ text }) => text),
      locate,
      wrongDefaults: findWrongDefaults(schema, validate, what),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `the schema cannot be used: ${reason}; allowed: JSON Schema 2020-12`;
    return { ok: false, problems: [{ path: [], text }] };
  } finally {
    // It is kept by who asked for it: another set of tools may use the same names.
    ajv.removeSchema(schema);
  }
}

/** How many values there are in a value, itself among them; beyond a limit, more than that. */
function countValues(value: Json, limit: number): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  for (const key in value) {
    count += countValues((value as Record<string, Json>)[key] ?? null, limit - count);
    if (count > limit) break;
  }
  return count;
}

/** What is wrong with the values of keywords, by the schema of schemas. */
function checkForm(ajv: Ajv2020, schema: JsonObject): SchemaProblem[] {
  // By the one draft there is here, whatever the schema says of itself.
  const { $schema: _, ...rest } = schema;
  if (ajv.validateSchema(rest) === true) return [];
  const errors = (ajv.errors ?? []).filter(({ keyword }) => keyword !== "anyOf");
  const byPlace = Map.groupBy(errors, ({ instancePath }) => instancePath);
  return [...byPlace].flatMap(([place, errors]) => {
    // Of a list of which one item is wrong, the list is not what it could be instead, either.
    if (byPlace.keys().some((other) => other.startsWith(`${place}/`))) return [];
    const [error] = errors;
    if (!error) return [];
    const path = pathOf(error);
    const allowed = [...new Set(errors.map(allowedBy))].join(" or ");
    return [{
      path,
      text: `${nameInSchema(path)} is ${show(valueAt(schema, path))}; allowed: ${allowed}`,
    }];
  });
}

function nameInSchema(path: readonly string[]): string {
  const [last = "the schema"] = path.slice(-1);
  return /^\d+$/.test(last) ? `item ${Number(last) + 1} of ${path.at(-2)}` : last;
}

function allowedBy({ keyword, params, message = "something else" }: ErrorObject): string {
  if (keyword === "type" && params.type === "array") return "a list";
  if (keyword === "type") return [params.type as string | string[]].flat().join(" or ");
  if (keyword === "enum") return (params.allowedValues as string[]).join(", ");
  if (keyword === "minimum" || keyword === "exclusiveMinimum") {
    return `${keyword === "minimum" ? "at least" : "more than"} ${params.limit}`;
  }
  if (keyword === "minItems") return `at least ${params.limit} in it`;
  return `what ${message}`;
}

/** Also shows whether the schema comes to an end: one that refers to itself alone does not. */
function findWrongDefaults(
  schema: JsonObject,
  validate: ValidateFunction,
  what: string,
): SchemaProblem[] {
  const nothing = {};
  validate(nothing);
  const inside =
    validate.errors?.filter(({ instancePath, keyword }) =>
      instancePath !== "" && keyword !== "required"
    ) ?? [];
  return inside.map((error) => ({
    path: findDefault(schema, pathOf(error)),
    text: `the default of ${explainOne(error, nothing, what)}`,
  }));
}

/** Where the default stands that a value was filled in from. */
function findDefault(schema: Json | undefined, path: Path): Path {
  const [name, ...rest] = path;
  if (!isJsonObject(schema) || name === undefined) return ["default"];
  if (schema.default !== undefined && valueAt(schema.default, path.map(String)) !== undefined) {
    return ["default", ...path];
  }
  const { properties } = schema;
  const next = isJsonObject(properties) ? properties[name] : undefined;
  return ["properties", name, ...findDefault(next, rest)];
}

/** What Ajv matches texts with; its own patterns are all of the allowed kind. */
function usePattern(text: string): Pattern {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new SyntaxError(parsed.problem);
  return parsed.pattern;
}

/** Names of arguments that one sentence lists. */
const MAX_NAMES = 20;

/** Errors of a compound that its parts have said already, better. */
const COMPOUNDS = new Set(["allOf", "if", "not", "$ref", "propertyNames"]);

function explain(errors: readonly ErrorObject[], root: Json, what: string): SchemaProblem[] {
  const specific = errors.filter(({ keyword }) => !COMPOUNDS.has(keyword));
  const told = specific.length > 0 ? specific : errors;
  const byText = new Map(told.map((error) => [explainOne(error, root, what), error]));
  return [...byText].map(([text, error]) => ({ path: placeOf(error), text }));
}

/** Where something is wrong; what is missing has its place too. */
function placeOf(error: ErrorObject): Path {
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params;
  const name = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return [...pathOf(error), ...typeof name === "string" ? [name] : []];
}

function explainOne(error: ErrorObject, root: Json, what: string): string {
  const { keyword, params, message = "is not allowed" } = error;
  const path = pathOf(error);
  const name = (more: string[] = []) => nameOf([...path, ...more], what);
  switch (keyword) {
    case "required":
      return `${name([String(params.missingProperty)])} is missing`;
    case "additionalProperties": {
      const unknown = String(params.additionalProperty);
      return `${name([unknown])} is unknown; ${hint(unknown, error.parentSchema?.properties)}`;
    }
    case "unevaluatedProperties":
      return `${name([String(params.unevaluatedProperty)])} is unknown`;
    case "enum": {
      const allowed = (params.allowedValues as Json[]).map((value) => JSON.stringify(value));
      return `${name()} is ${show(valueAt(root, path))}; ${allowed.join(" or ")} is allowed`;
    }
    case "type": {
      const types = [params.type as string | string[]].flat().join(" or ");
      return `${name()} is ${show(valueAt(root, path))}; ${types} is allowed`;
    }
    default:
      return `${name()} ${message}`;
  }
}

function hint(unknown: string, properties: Json | undefined): string {
  const known = isJsonObject(properties) ? Object.keys(properties) : [];
  if (known.length === 0) return "none is allowed";
  const nearest = nearestName(unknown, known);
  return nearest === undefined
    ? `allowed: ${known.slice(0, MAX_NAMES).join(", ")}${known.length > MAX_NAMES ? ", …" : ""}`
    : `did you mean ${nearest}?`;
}

function nameOf(path: readonly string[], what: string): string {
  if (path.length === 0) return what === "argument" ? "the set of arguments" : `the ${what}`;
  const joined = path.map((part, index) =>
    /^\d+$/.test(part) && index > 0 ? `[${part}]` : `${index > 0 ? "." : ""}${part}`
  ).join("");
  return `${what} ${JSON.stringify(joined.slice(0, 200))}`;
}

function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, Json>)[part];
  }
  return value;
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function pathOf({ instancePath }: ErrorObject): string[] {
  return instancePath.split("/").slice(1).map(unescapePointer);
}

/** @see RFC 6901, section 4 */
function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
