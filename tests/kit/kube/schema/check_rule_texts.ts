import { cause } from "../cause.ts";
import type { StatusCause } from "../status_error.ts";
import { createChecker } from "./cel_environment.ts";
import { estimateCost, MAX_RULE_COST, MAX_TOTAL_COST, maxCountOf } from "./estimate_cost.ts";
import { type JsonSchema, type ValidationRule, valuesOf } from "./json_schema.ts";

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How often there can be such a value; `undefined` where only the request's size bounds that. */
  readonly maxCount: number | undefined;
  /** Whether the value before a change is known: not of an item that nothing tells from the others. */
  readonly hasOld: boolean;
}

/** What a rule may cost in one object, and where it is. */
interface RuleCost {
  readonly path: string;
  readonly cost: number;
}

/** As many of the most expensive rules are told as together are too much. */
const MAX_TOLD = 4;

/** Says which rules of a schema do not compile, or may cost too much. */
export function checkRuleTexts(schema: JsonSchema, path: string): StatusCause[] {
  const costs: RuleCost[] = [];
  const causes = visit(schema, { path, isRoot: true, maxCount: 1, hasOld: true }, costs);
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= MAX_TOTAL_COST) return causes;
  const what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
  const told = costs.toSorted((one, other) => other.cost - one.cost).slice(0, MAX_TOLD);
  const why =
    "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
  return [
    ...causes,
    ...told.map((rule) => cause.forbidden(rule.path, why)),
    cause.forbidden(path, exceeds(what, total, MAX_TOTAL_COST)),
  ];
}

function visit(schema: JsonSchema, place: Place, costs: RuleCost[]): StatusCause[] {
  const { properties = {}, items } = schema;
  const values = valuesOf(schema);
  const rules = schema["x-kubernetes-validations"] ?? [];
  const many = (max: number | undefined) =>
    max === undefined || place.maxCount === undefined ? undefined : place.maxCount * max;
  const inner = (path: string) => ({ ...place, path: `${place.path}.${path}`, isRoot: false });
  return [
    ...rules.flatMap((rule, index) =>
      checkRule(rule, schema, place, `${place.path}.x-kubernetes-validations[${index}]`, costs)
    ),
    ...Object.entries(properties).flatMap(([field, part]) =>
      visit(part, inner(`properties[${field}]`), costs)
    ),
    ...(items
      ? visit(items, {
        ...inner("items"),
        maxCount: many(schema.maxItems),
        hasOld: place.hasOld && schema["x-kubernetes-list-type"] === "map",
      }, costs)
      : []),
    ...(values
      ? visit(
        values,
        { ...inner("additionalProperties"), maxCount: many(schema.maxProperties) },
        costs,
      )
      : []),
  ];
}

function checkRule(
  rule: ValidationRule,
  schema: JsonSchema,
  place: Place,
  path: string,
  costs: RuleCost[],
): StatusCause[] {
  const text = rule.rule.trim();
  if (text === "") return [cause.required(`${path}.rule`, "rule is not specified")];
  if (text.includes("\n") && !rule.message) {
    const why = "message must be specified if rule contains line breaks";
    return [cause.required(`${path}.message`, why)];
  }
  const usesOld = /\boldSelf\b/.test(text);
  if (usesOld && !place.hasOld) {
    const why = "oldSelf cannot be used on the uncorrelatable portion of the schema";
    return [cause.invalid(`${path}.rule`, text, why)];
  }
  const checker = createChecker(schema, place.isRoot, rule.optionalOldSelf === true);
  const checked = checker.check(text);
  if (!checked.valid) {
    const why = `compilation failed: ERROR: ${checked.error?.message.split("\n")[0]}`;
    return [cause.invalid(`${path}.rule`, text, why)];
  }
  if (checked.type !== "bool") {
    return [cause.invalid(`${path}.rule`, text, "compilation failed: must evaluate to a bool")];
  }
  const message = rule.messageExpression && checker.check(rule.messageExpression);
  if (message && (!message.valid || message.type !== "string")) {
    const why = "messageExpression compilation failed: must evaluate to a string";
    return [cause.invalid(`${path}.messageExpression`, rule.messageExpression, why)];
  }
  const expressions = { rule: text, messageExpression: rule.messageExpression };
  return Object.entries(expressions).flatMap(([field, expression]) => {
    if (!expression) return [];
    const cost = estimateCost(checker.parse(expression).ast, schema, place.isRoot) *
      (place.maxCount ?? maxCountOf(schema));
    costs.push({ path: `${path}.${field}`, cost });
    if (cost <= MAX_RULE_COST) return [];
    const why = exceeds(`estimated ${field} cost`, cost, MAX_RULE_COST);
    return [cause.forbidden(`${path}.${field}`, why)];
  });
}

function exceeds(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const times = factor > 100
    ? "more than 100x"
    : factor < 1.5
    ? `${factor.toFixed(6)}x`
    : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${times} (try simplifying the rule, or adding ` +
    "maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
}
