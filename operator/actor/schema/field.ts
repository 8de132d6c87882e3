import type { StructuralSchema } from "./structural.ts";

/** Whether a field has to be written, may be left out, or is filled in where it was. */
export type Presence = "required" | "optional" | "defaulted";

/** One value that both says what the API server takes and reads what it hands out. */
export interface Field<T, P extends Presence = Presence> {
  /** As it stands in the CustomResourceDefinition. */
  readonly schema: StructuralSchema;
  /** Whether an object may do without it. */
  readonly presence: P;
  /**
   * Reads a value, and fills defaults in.
   *
   * @param value anything; `undefined` where there is none
   * @param path how problems call it, such as `spec.queueName`
   * @param problems takes a sentence for everything that is wrong with it
   * @returns what it is; to be thrown away where there were problems
   */
  read(value: unknown, path: string, problems: string[]): T;
}

/** What a field reads. */
export type Read<F> = F extends Field<infer T> ? T : never;

/** What OpenAPI cannot say, twice: for the API server, and for what got past it. */
export interface Rule<T> {
  /** In CEL, over `self`; an optional field is asked for with `has()`. */
  readonly cel: string;
  /** What is allowed, as one sentence. */
  readonly message: string;
  /** A sentence that says what was got too, where the field's path does not lead to it. */
  readonly detail?: {
    /** In CEL, over `self`; makes a text. */
    readonly cel: string;
    /**
     * The same in TypeScript.
     *
     * @param value the value, with its defaults
     */
    say(value: T): string;
  };
  /**
   * The rule in TypeScript.
   *
   * @param value the value, with its defaults
   */
  holds(value: T): boolean;
}

/**
 * A rule that a text has to match a pattern, which RE2 and ECMAScript read alike.
 *
 * @param pattern without single quotes
 * @param message what is allowed, as one sentence
 * @example
 * ```ts
 * import { matching } from "./field.ts";
 * import assert from "node:assert/strict";
 *
 * const { cel, holds } = matching("^[a-z]+$", "letters are allowed");
 * assert.equal(cel, "self.matches(r'^[a-z]+$')");
 * assert.equal(holds("A"), false);
 * ```
 */
export function matching(pattern: string, message: string): Rule<string> {
  const matcher = new RegExp(pattern, "u");
  return {
    cel: `self.matches(r'${pattern}')`,
    message,
    holds: (text) => matcher.test(text),
  };
}

/**
 * A field that may be left out.
 *
 * @param field what it is where it is there
 */
export function optional<T>(field: Field<T, "required">): Field<T | undefined, "optional"> {
  return {
    schema: field.schema,
    presence: "optional",
    read: (value, path, problems) =>
      value === undefined ? undefined : field.read(value, path, problems),
  };
}

/**
 * A field that is filled in where it was left out, or is `null`.
 *
 * @param field what it is
 * @param value what is filled in; `{}` lets the fields of an object fill themselves in
 * @throws TypeError When the default is not allowed.
 * @example
 * ```ts
 * import { defaulted } from "./field.ts";
 * import { integer } from "./scalar_fields.ts";
 * import assert from "node:assert/strict";
 *
 * const port = defaulted(integer("A port.", { min: 1, max: 65_535 }), 5672);
 * assert.equal(port.schema.default, 5672);
 * assert.equal(port.read(undefined, "port", []), 5672);
 * assert.throws(() => defaulted(integer("A port.", { min: 1 }), 0), /0; a whole number, 1 or more/);
 * ```
 */
export function defaulted<T>(
  field: Field<T, "required">,
  value: unknown,
): Field<T, "defaulted"> {
  const problems: string[] = [];
  field.read(value, "the default", problems);
  if (problems.length > 0) throw new TypeError(problems.join("; "));
  return {
    schema: { ...field.schema, default: value },
    presence: "defaulted",
    read: (given, path, problems) => field.read(given ?? value, path, problems),
  };
}

/**
 * Builds a field of what its type is, what more it has to be, and what rules say of it.
 *
 * @param schema as the API server knows it, but for the rules
 * @param rules asked where nothing else is wrong
 * @param read reads the value, and says what is wrong with it
 */
export function createField<T>(
  schema: StructuralSchema,
  rules: readonly Rule<T>[],
  read: Field<T>["read"],
): Field<T, "required"> {
  const validations = rules.map(({ cel, message, detail }) => ({
    rule: cel,
    message,
    ...(detail && { messageExpression: detail.cel }),
  }));
  return {
    schema: validations.length > 0
      ? { ...schema, "x-kubernetes-validations": validations }
      : schema,
    presence: "required",
    read(value, path, problems) {
      const before = problems.length;
      const result = read(value, path, problems);
      if (problems.length > before) return result;
      const got = typeof value === "object" ? "" : ` is ${show(value)}`;
      for (const { holds, message, detail } of rules) {
        if (!holds(result)) problems.push(`${path}${got}: ${detail?.say(result) ?? message}`);
      }
      return result;
    },
  };
}

/**
 * Says what was got, and what is allowed instead.
 *
 * @param problems takes the sentence
 * @param path how the value is called
 * @param value what was got
 * @param allowed what is allowed, in words
 * @param instead what is read in its place, so that reading can go on
 * @returns the value to go on with
 */
export function refuse<T>(
  problems: string[],
  path: string,
  value: unknown,
  allowed: string,
  instead: T,
): T {
  problems.push(
    value === undefined
      ? `${path} is missing; ${allowed} is required`
      : `${path} is ${show(value)}; ${allowed} is allowed`,
  );
  return instead;
}

/** What a sentence has room for; a value without a form in JSON is shown by its type. */
function show(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
