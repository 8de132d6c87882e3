import type { Environment, ParseResult } from "@marcbachmann/cel-js";
import { cause } from "../cause.ts";
import { isJsonObject, isSame, type JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { createEvaluator, optionalOf } from "./cel_environment.ts";
import { celValue } from "./cel_value.ts";
import { fieldSchema, type JsonSchema, type ValidationRule } from "./json_schema.ts";
import { child, item } from "./path.ts";

/** Says which rules of a schema a value breaks. */
export type CheckRules = (value: unknown, old: unknown) => StatusCause[];

/**
 * Makes ready the rules of a schema, and of everything in it.
 *
 * @param schema of whole objects
 * @returns what checks them; `undefined` where there are no rules
 */
export function createRules(schema: JsonSchema): CheckRules | undefined {
  const rules = new Rules(createEvaluator());
  if (!rules.hasAny(schema)) return undefined;
  return (value, old) => rules.check(schema, value, old, "", true);
}

class Rules {
  readonly #evaluator: Environment;
  readonly #parsed = new Map<string, ParseResult>();

  constructor(evaluator: Environment) {
    this.#evaluator = evaluator;
  }

  hasAny(schema: JsonSchema): boolean {
    const { properties = {}, items, additionalProperties: values } = schema;
    return schema["x-kubernetes-validations"] !== undefined ||
      Object.values(properties).some((part) => this.hasAny(part)) ||
      (items !== undefined && this.hasAny(items)) ||
      (typeof values === "object" && this.hasAny(values));
  }

  check(
    schema: JsonSchema,
    value: unknown,
    old: unknown,
    path: string,
    isRoot: boolean,
  ): StatusCause[] {
    if (value === undefined || value === null) return [];
    const rules = schema["x-kubernetes-validations"] ?? [];
    const causes = rules.length === 0 ? [] : this.#checkOne(schema, value, old, path, isRoot);
    if (Array.isArray(value)) {
      const { items = {} } = schema;
      const parts = value.map((one, index) =>
        this.check(items, one, oldItem(schema, one, old), item(path, index), false)
      );
      return [...causes, ...parts.flat()];
    }
    if (!isJsonObject(value)) return causes;
    const before: JsonObject = isJsonObject(old) ? old : {};
    for (const field of Object.keys(value).toSorted()) {
      const part = fieldSchema(schema, field);
      if (!part) continue;
      causes.push(...this.check(part, value[field], before[field], child(path, field), false));
    }
    return causes;
  }

  #checkOne(
    schema: JsonSchema,
    value: unknown,
    old: unknown,
    path: string,
    isRoot: boolean,
  ): StatusCause[] {
    const self = celValue(schema, value, isRoot);
    const oldSelf = old === undefined ? undefined : celValue(schema, old, isRoot);
    const isUnchanged = old !== undefined && isSame(old, value);
    const broken = (schema["x-kubernetes-validations"] ?? []).flatMap((rule) => {
      const looksBack = /\boldSelf\b/.test(rule.rule);
      // What an object may become can only be asked of one that was something before.
      if (looksBack && old === undefined && !rule.optionalOldSelf) return [];
      // What was wrong before may stay.
      if (!looksBack && isUnchanged) return [];
      const context = { self, oldSelf: rule.optionalOldSelf ? optionalOf(oldSelf) : oldSelf };
      const why = this.#judge(rule, context);
      return why === undefined ? [] : [causeOf(rule, why, path)];
    });
    return broken;
  }

  /** Why a value breaks a rule, if it does. */
  #judge(rule: ValidationRule, context: Record<string, unknown>): string | undefined {
    try {
      if (this.#parse(rule.rule)(context) === true) return undefined;
    } catch (error) {
      return `${summaryOf(error)} evaluating rule: ${rule.message ?? rule.rule}`;
    }
    const fallback = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
    if (!rule.messageExpression) return fallback;
    try {
      const message = this.#parse(rule.messageExpression)(context);
      return typeof message === "string" && message.trim() ? message : fallback;
    } catch {
      // The server does so, too: a message that cannot be made is no reason to hide the refusal.
      return fallback;
    }
  }

  #parse(expression: string): ParseResult {
    const parsed = this.#parsed.get(expression) ?? this.#evaluator.parse(expression);
    this.#parsed.set(expression, parsed);
    return parsed;
  }
}

function summaryOf(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error);
}

function oldItem(schema: JsonSchema, value: unknown, old: unknown): unknown {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (!keys || !Array.isArray(old) || !isJsonObject(value)) return undefined;
  return old.find((one) => isJsonObject(one) && keys.every((key) => isSame(one[key], value[key])));
}

function causeOf(rule: ValidationRule, why: string, path: string): StatusCause {
  const field = path + (rule.fieldPath ?? "");
  const at = path === "" ? field.replace(/^\./, "") : field;
  switch (rule.reason) {
    case "FieldValueForbidden":
      return cause.forbidden(at, why);
    case "FieldValueRequired":
      return cause.required(at, why);
    case "FieldValueDuplicate":
      return { reason: "FieldValueDuplicate", message: `Duplicate value: ${why}`, field: at };
    default:
      return {
        reason: "FieldValueInvalid",
        message: `Invalid value: ${why}`,
        field: at || "<nil>",
      };
  }
}
