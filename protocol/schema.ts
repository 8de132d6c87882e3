import { isJsonObject, type Json, type JsonObject, kindOf } from "./json.ts";

/** One value that both reads what comes from outside and says, as JSON Schema, what it takes. */
export interface Schema<T> {
  /** What it takes, as JSON Schema 2020-12. */
  readonly json: JsonObject;
  /** Whether an object may do without it. */
  readonly isOptional?: boolean;
  /**
   * Reads a value.
   *
   * @param value anything
   * @param name what problems call it
   * @param problems takes a sentence for everything that is wrong with it
   * @returns what it means; to be thrown away when there were problems
   */
  read(value: unknown, name: string, problems: string[]): T;
}

/** What a schema reads. */
export type Read<S> = S extends Schema<infer T> ? T : never;

/** The schemas of an object's fields, by their names in code: `stepIndex` is `step_index` in JSON. */
export type Fields = Readonly<Record<string, Schema<unknown>>>;

/** What came of reading: the value, or everything that is wrong with it. */
export type ReadResult<T> = { ok: true; value: T } | { ok: false; problems: string[] };

/** Which texts are taken. */
export interface TextRules {
  /** The fewest characters; 1 where nothing is said. */
  readonly minLength?: number;
  /** The most characters. */
  readonly maxLength?: number;
  /** What the text must match, as ECMAScript has it, with the flag `u`. */
  readonly pattern?: string;
  /** What a pattern cannot say. */
  readonly accepts?: (text: string) => boolean;
  /** What is allowed, in words. */
  readonly allowed?: string;
}

/**
 * Reads a whole value.
 *
 * @param schema what is taken
 * @param value parsed JSON
 * @param name what problems call it, such as `the body`
 * @example
 * ```ts
 * import { choice, count, object, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const point = object({ stepIndex: count(0, "which step"), state: choice(["on", "off"], "how") });
 * assert.deepEqual(readWith(point, { step_index: 3, state: "on", more: 1 }, "the body"), {
 *   ok: true,
 *   value: { stepIndex: 3, state: "on" },
 * });
 * assert.deepEqual(readWith(point, { step_index: -1, state: 7 }, "the body"), {
 *   ok: false,
 *   problems: ["step_index is -1; a whole number from 0 is allowed", "state is 7; on or off is allowed"],
 * });
 * assert.deepEqual(point.json.required, ["step_index", "state"]);
 * ```
 */
export function readWith<T>(schema: Schema<T>, value: unknown, name: string): ReadResult<T> {
  const problems: string[] = [];
  const read = schema.read(value, name, problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: read };
}

/**
 * A text.
 *
 * @param description a phrase for the reader of the schema
 * @param rules which texts; any that is not empty where nothing is said
 * @example
 * ```ts
 * import { readWith, text } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bad = readWith(text("the tool's name"), "", "name");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ['name is ""; a non-empty text is allowed']);
 * ```
 */
export function text(description: string, rules: TextRules = {}): Schema<string> {
  const { minLength = 1, maxLength = Infinity, pattern, accepts = () => true } = rules;
  const { allowed = minLength > 0 ? "a non-empty text" : "a text" } = rules;
  const matcher = pattern === undefined ? undefined : new RegExp(pattern, "u");
  return {
    json: {
      type: "string",
      description,
      ...(minLength > 0 && { minLength }),
      ...(maxLength < Infinity && { maxLength }),
      ...(pattern !== undefined && { pattern }),
    },
    read(value, name, problems) {
      const isAllowed = typeof value === "string" && value.length >= minLength &&
        !isLonger(value, maxLength) && matcher?.test(value) !== false && accepts(value);
      return isAllowed ? value : refuse(problems, name, value, allowed, "");
    },
  };
}

/**
 * A text that may be missing, where `null` and `""` count as missing.
 *
 * @param description a phrase for the reader of the schema
 * @param rules which texts; a pattern has to match `""` too
 * @example
 * ```ts
 * import { optionalText, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(readWith(optionalText("a remark"), "", "message"), { ok: true, value: undefined });
 * ```
 */
export function optionalText(
  description: string,
  rules: Omit<TextRules, "minLength"> = {},
): Schema<string | undefined> {
  const given = optionalOrNull(text(description, { ...rules, minLength: 0 }));
  return convert(given, (value) => value === "" ? undefined : value);
}

/**
 * A whole number that a double holds exactly.
 *
 * @param min the least
 * @param description a phrase for the reader of the schema
 * @param max the greatest
 * @example
 * ```ts
 * import { count, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(readWith(count(1, "how many"), 3, "limit").ok, true);
 * assert.equal(readWith(count(1, "how many"), 0.5, "limit").ok, false);
 * ```
 */
export function count(
  min: number,
  description: string,
  max: number = Number.MAX_SAFE_INTEGER,
): Schema<number> {
  const to = max === Number.MAX_SAFE_INTEGER ? "" : ` to ${max}`;
  return {
    json: { type: "integer", description, minimum: min, maximum: max },
    read(value, name, problems) {
      const isAllowed = typeof value === "number" && Number.isInteger(value) && value >= min &&
        value <= max;
      return isAllowed
        ? value
        : refuse(problems, name, value, `a whole number from ${min}${to}`, min);
    },
  };
}

/**
 * A number in a range, its ends included.
 *
 * @param min the least
 * @param max the greatest; `Infinity` for any
 * @param description a phrase for the reader of the schema
 * @example
 * ```ts
 * import { number, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bad = readWith(number(0, 1, "a part"), 2, "fraction");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ["fraction is 2; a number, 0 to 1, is allowed"]);
 * ```
 */
export function number(min: number, max: number, description: string): Schema<number> {
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
  return {
    json: {
      type: "number",
      description,
      minimum: min,
      ...(max < Infinity && { maximum: max }),
    },
    read(value, name, problems) {
      const isAllowed = typeof value === "number" && value >= min && value <= max;
      return isAllowed ? value : refuse(problems, name, value, `a number, ${range},`, min);
    },
  };
}

/**
 * One of some words.
 *
 * @param choices the words
 * @param description a phrase for the reader of the schema
 * @example
 * ```ts
 * import { choice, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bad = readWith(choice(["get", "wait"], "what to do"), "eat", "action");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ['action is "eat"; get or wait is allowed']);
 * ```
 */
export function choice<const C extends string>(
  choices: readonly [C, ...C[]],
  description: string,
): Schema<C> {
  const [first, ...more] = choices;
  const last = more.pop();
  const allowed = [[first, ...more].join(", "), ...last === undefined ? [] : [last]].join(" or ");
  return {
    json: { type: "string", description, enum: [...choices] },
    read(value, name, problems) {
      const found = choices.find((one) => one === value);
      return found ?? refuse(problems, name, value, allowed, first);
    },
  };
}

/**
 * Any JSON, which may be missing; `null` is a value.
 *
 * @param description a phrase for the reader of the schema
 * @example
 * ```ts
 * import { anything, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(readWith(anything("what came of it"), null, "result"), { ok: true, value: null });
 * ```
 */
export function anything(description: string): Schema<Json | undefined> {
  return { json: { description }, isOptional: true, read: (value) => value as Json | undefined };
}

/**
 * An object of which nothing more is known.
 *
 * @param description a phrase for the reader of the schema
 * @example
 * ```ts
 * import { anyObject, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bad = readWith(anyObject("what a tool takes"), [], "arguments");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ["arguments is array; an object is allowed"]);
 * ```
 */
export function anyObject(description: string): Schema<JsonObject> {
  return {
    json: { type: "object", description },
    read: (value, name, problems) =>
      isJsonObject(value) ? value : refuse(problems, name, value, "an object", {}),
  };
}

/**
 * Beyond so many problems no further item of a list is read: one that is as large as a body may be
 * could have a million.
 */
const MAX_PROBLEMS = 100;

/**
 * A list.
 *
 * @param item what it holds
 * @param description a phrase for the reader of the schema
 * @param rules the fewest and the most items, and what is allowed, in words
 * @example
 * ```ts
 * import { list, readWith, text } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const bad = readWith(list(text("a queue"), "the route"), ["ocr", 1], "steps");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ["steps[1] is 1; a non-empty text is allowed"]);
 * ```
 */
export function list<T>(
  item: Schema<T>,
  description: string,
  rules: { readonly minItems?: number; readonly maxItems?: number; readonly allowed?: string } = {},
): Schema<T[]> {
  const { minItems = 0, maxItems = Infinity, allowed = "a list" } = rules;
  return {
    json: {
      type: "array",
      description,
      items: item.json,
      ...(minItems > 0 && { minItems }),
      ...(maxItems < Infinity && { maxItems }),
    },
    read(value, name, problems) {
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) {
        return refuse(problems, name, value, allowed, []);
      }
      const read: T[] = [];
      for (const [index, one] of value.entries()) {
        if (problems.length >= MAX_PROBLEMS) break;
        read.push(item.read(one, `${name}[${index}]`, problems));
      }
      return read;
    },
  };
}

/**
 * An object of known fields, whose names in JSON are those in code in snake_case. A field that was
 * not given is not there.
 *
 * @param fields what it is made of
 * @param about a phrase for the reader of the schema; whether further fields are refused
 * @example
 * ```ts
 * import { count, object, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const query = object({ limit: count(1, "how many") }, { isClosed: true });
 * const bad = readWith(query, { limit: 1, offset: 2 }, "the query");
 * assert.deepEqual(bad.ok ? [] : bad.problems, ["offset is unknown; limit is allowed"]);
 * ```
 */
export function object<const F extends Fields>(
  fields: F,
  about: { readonly description?: string; readonly isClosed?: boolean } = {},
): Schema<{ [K in keyof F]: Read<F[K]> }> {
  const { description, isClosed = false } = about;
  const entries = Object.entries(fields).map(([key, schema]) => ({
    key,
    name: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    schema,
  }));
  const required = entries.filter(({ schema }) => !schema.isOptional).map(({ name }) => name);
  const names = new Set(entries.map(({ name }) => name));
  return {
    json: {
      type: "object",
      ...(description !== undefined && { description }),
      properties: Object.fromEntries(entries.map(({ name, schema }) => [name, schema.json])),
      ...(required.length > 0 && { required }),
      ...(isClosed && { additionalProperties: false }),
    },
    read(value, name, problems) {
      const isObject = isJsonObject(value);
      const given: JsonObject = isObject ? value : {};
      if (!isObject) refuse(problems, name, value, "an object", given);
      const mute = isObject ? problems : []; // one problem is enough for what is no object
      const found: Record<string, unknown> = {};
      for (const { key, name, schema } of entries) {
        const field = schema.read(Object.hasOwn(given, name) ? given[name] : undefined, name, mute);
        if (field !== undefined) found[key] = field;
      }
      for (const other of isClosed ? Object.keys(given) : []) {
        if (names.has(other)) continue;
        problems.push(`${other.slice(0, 80)} is unknown; ${[...names].join(", ")} is allowed`);
      }
      return found as { [K in keyof F]: Read<F[K]> };
    },
  };
}

/**
 * What may be missing.
 *
 * @param schema what it is when it is there
 * @example
 * ```ts
 * import { count, optional, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const schema = optional(count(0, "where to begin"));
 * assert.deepEqual(readWith(schema, undefined, "from"), { ok: true, value: undefined });
 * assert.equal(readWith(schema, null, "from").ok, false);
 * ```
 */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    json: schema.json,
    isOptional: true,
    read: (value, name, problems) =>
      value === undefined ? undefined : schema.read(value, name, problems),
  };
}

/**
 * What may be missing, where `null` counts as missing.
 *
 * @param schema what it is when it is there
 * @example
 * ```ts
 * import { count, optionalOrNull, readWith } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const schema = optionalOrNull(count(0, "which"));
 * assert.deepEqual(readWith(schema, null, "seq"), { ok: true, value: undefined });
 * assert.deepEqual(schema.json.type, ["integer", "null"]);
 * ```
 */
export function optionalOrNull<T>(schema: Schema<T>): Schema<T | undefined> {
  const { type = [], enum: choices } = schema.json;
  const given = optional(schema);
  return {
    ...given,
    json: {
      ...schema.json,
      type: [type, "null"].flat(),
      ...(Array.isArray(choices) && { enum: [...choices, null] }),
    },
    read: (value, name, problems) => given.read(value ?? undefined, name, problems),
  };
}

/**
 * The same in JSON, something else in code.
 *
 * @param schema what is read
 * @param make makes of it what is wanted; it may be given what is to be thrown away
 * @example
 * ```ts
 * import { convert, readWith, text } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const size = convert(text("a word"), (word) => word.length);
 * assert.deepEqual(readWith(size, "four", "word"), { ok: true, value: 4 });
 * ```
 */
export function convert<T, U>(schema: Schema<T>, make: (value: T) => U): Schema<U> {
  const { json, isOptional = false } = schema;
  return {
    json,
    isOptional,
    read: (value, name, problems) => make(schema.read(value, name, problems)),
  };
}

/** Whether a text has more characters than that, where one may take two units of the text. */
function isLonger(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return false;
  return text.length > 2 * maxLength || [...text].length > maxLength;
}

/** Says what is wrong; answers with what stands in for it. */
function refuse<T>(
  problems: string[],
  name: string,
  value: unknown,
  allowed: string,
  instead: T,
): T {
  problems.push(`${name} is ${shown(value)}; ${allowed} is allowed`);
  return instead;
}

/** A value as a problem shows it: short, and of any kind. */
function shown(value: unknown): string {
  return typeof value === "object" || value === undefined
    ? kindOf(value)
    : JSON.stringify(value).slice(0, 80);
}
