import { Environment, Optional } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { celName } from "./cel_name.ts";
import { fieldsSeen } from "./cel_value.ts";
import { type JsonSchema, valuesOf } from "./json_schema.ts";

/** Functions that Kubernetes gives to rules beside those of CEL, as far as they are used here. */
function createEnvironment(): Environment {
  return new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerFunction(
      "string.find(string): string",
      (text: string, pattern: string) => findAll(text, pattern)[0] ?? "",
    )
    .registerFunction("string.findAll(string): list<string>", findAll)
    .registerFunction(
      "string.charAt(int): string",
      (text: string, at: bigint) => text[Number(at)] ?? "",
    )
    .registerFunction(
      "string.replace(string, string): string",
      (text: string, old: string, young: string) => text.replaceAll(old, young),
    )
    .registerFunction(
      "list.isSorted(): bool",
      (list: (string | bigint)[]) =>
        list.every((one, at) => at === 0 || (list[at - 1] ?? one) <= one),
    )
    .registerFunction(
      "list.indexOf(dyn): int",
      (list: unknown[], one: unknown) => BigInt(list.indexOf(one)),
    )
    .registerFunction("isURL(string): bool", (text: string) => URL.canParse(text));
}

function findAll(text: string, pattern: string): string[] {
  const matcher = RE2JS.compile(pattern).matcher(text);
  const found: string[] = [];
  while (matcher.find()) found.push(matcher.group() ?? "");
  return found;
}

/** Where rules are computed: types are those of the values. */
export function createEvaluator(): Environment {
  return createEnvironment().registerVariable("self", "dyn").registerVariable("oldSelf", "dyn");
}

/** What `oldSelf` is where a rule says that there may be none. */
export function optionalOf(value: unknown): Optional {
  return value === undefined ? Optional.none() : Optional.of(value);
}

/**
 * Where rules are checked before any object is there: each schema of an object is a type, which has
 * the fields that the schema names and no others.
 *
 * @param schema of `self`
 * @param isRoot whether `self` is the whole object
 * @param isOldOptional whether a rule asks for an `oldSelf` that may not be there
 */
export function createChecker(
  schema: JsonSchema,
  isRoot: boolean,
  isOldOptional: boolean,
): Environment {
  const environment = createEnvironment();
  const type = declare(environment, schema, isRoot, { count: 0 });
  return environment.registerVariable("self", type)
    .registerVariable("oldSelf", isOldOptional ? "dyn" : type);
}

function declare(
  environment: Environment,
  schema: JsonSchema,
  isRoot: boolean,
  types: { count: number },
): string {
  if (schema["x-kubernetes-int-or-string"]) return "dyn";
  const values = valuesOf(schema);
  if (values) return `map<string, ${declare(environment, values, false, types)}>`;
  switch (schema.type) {
    case "string":
      return schema.format === "date-time" || schema.format === "date" ? "timestamp" : "string";
    case "integer":
      return "int";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "array":
      return `list<${declare(environment, schema.items ?? {}, false, types)}>`;
    case "object": {
      const fields: Record<string, string> = {};
      for (const [field, part] of Object.entries(fieldsSeen(schema, isRoot))) {
        const name = celName(field);
        if (name) fields[name] = declare(environment, part, false, types);
      }
      const type = `Object${types.count++}`;
      environment.registerType(type, { fields });
      environment.registerOperator(`${type} == ${type}`, () => false);
      return type;
    }
  }
  return "dyn";
}
