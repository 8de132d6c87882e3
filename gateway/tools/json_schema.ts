import { nearestName } from "@asya/program";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

/** Checks a value; may fill in defaults. Answers what is wrong, one sentence each. */
export type CheckValue = (value: Json) => string[];

/** A schema that can be used, or what is wrong with it. */
export type CompiledSchema =
  | {
    readonly ok: true;
    readonly check: CheckValue;
    /** What is wrong with the values that are filled in where nothing is given. */
    readonly wrongDefaults: () => string[];
  }
  | { readonly ok: false; readonly problem: string };

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
 * Formats are notes to the reader, as the draft has it. References to other documents are refused.
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
  const options = {
    allErrors: true,
    strict: false,
    validateFormats: false,
    addUsedSchema: false,
    verbose: true,
  };
  const input = new Ajv2020({ ...options, useDefaults: true, logger: false });
  const output = new Ajv2020({ ...options, logger: false });
  return {
    compileInput: (schema) => compile(input, schema, "argument"),
    compileOutput: (schema) => compile(output, schema, "result"),
  };
}

function compile(ajv: Ajv2020, schema: JsonObject, what: string): CompiledSchema {
  try {
    const validate = ajv.compile(schema);
    // It is kept by who asked for it: another set of tools may use the same names.
    ajv.removeSchema(schema);
    return {
      ok: true,
      check: (value) => validate(value) ? [] : explain(validate.errors ?? [], value, what),
      wrongDefaults: () => {
        const nothing = {};
        validate(nothing);
        const inside = validate.errors?.filter(({ instancePath, keyword }) =>
          instancePath !== "" && keyword !== "required"
        );
        return explain(inside ?? [], nothing, what);
      },
    };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Names of arguments that one sentence lists. */
const MAX_NAMES = 20;

/** Errors of a compound that its parts have said already, better. */
const COMPOUNDS = new Set(["allOf", "if", "not", "$ref", "propertyNames"]);

function explain(errors: readonly ErrorObject[], root: Json, what: string): string[] {
  const specific = errors.filter(({ keyword }) => !COMPOUNDS.has(keyword));
  const told = specific.length > 0 ? specific : errors;
  return [...new Set(told.map((error) => explainOne(error, root, what)))];
}

function explainOne(error: ErrorObject, root: Json, what: string): string {
  const { keyword, instancePath, params, message = "is not allowed" } = error;
  const path = instancePath.split("/").slice(1).map(unescapePointer);
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

/** @see RFC 6901, section 4 */
function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
