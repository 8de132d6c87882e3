import type { ASTNode } from "@marcbachmann/cel-js";
import { celName } from "./cel_name.ts";
import { fieldsSeen } from "./cel_value.ts";
import { type JsonSchema, valuesOf } from "./json_schema.ts";

/*
 * What a rule may cost at most, before any object is there: about as the API server estimates it.
 *
 * A step (a field, a call, an operator) costs 1. Going through a text costs a tenth of its length,
 * and matching it that times a quarter of the pattern's length. A macro such as `all` costs what its
 * body does, for each item that there may be. How long a list, a map or a text may be is what the
 * schema says, or else what fits into the largest request. That is what makes rules expensive, and
 * what is the same here; how exactly literals and conversions are priced is not.
 */

/** The most that one rule may cost. */
export const MAX_RULE_COST = 10_000_000;

/** The most that all rules of a schema may cost. */
export const MAX_TOTAL_COST = 100_000_000;

const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

/** Macros that look at every item. */
const MACROS = ["all", "exists", "exists_one", "map", "filter", "existsOne"];

interface Estimate {
  /** Of computing it. */
  readonly cost: number;
  /** What it is, where that is known. */
  readonly schema?: JsonSchema;
  /** How many items or characters it has at most. */
  readonly size: number;
}

type Scope = Readonly<Record<string, Estimate>>;

/**
 * What one run of a rule costs at most.
 *
 * @param rule as it is parsed
 * @param schema of `self`
 * @param isRoot whether `self` is the whole object
 */
export function estimateCost(rule: ASTNode, schema: JsonSchema, isRoot: boolean): number {
  const fields = fieldsSeen(schema, isRoot);
  const self = known({ ...schema, ...(Object.keys(fields).length > 0 && { properties: fields }) });
  return estimate(rule, { self, oldSelf: self }).cost;
}

/** How many items, entries or characters a value has at most. */
function maxSizeOf(schema: JsonSchema): number {
  switch (schema.type) {
    case "string":
      if (schema.maxLength !== undefined) return schema.maxLength * 4;
      if (schema.enum) return Math.max(...schema.enum.map((one) => String(one).length));
      return MAX_REQUEST_BYTES - 2;
    case "array":
      return schema.maxItems ??
        Math.floor((MAX_REQUEST_BYTES - 2) / (minBytesOf(schema.items ?? {}) + 1));
    case "object": {
      const values = valuesOf(schema);
      if (!values) return 1;
      return schema.maxProperties ??
        Math.floor((MAX_REQUEST_BYTES - 2) / (minBytesOf(values) + 6));
    }
  }
  return 1;
}

/** How often a value can be in one request, where nothing else bounds that. */
export function maxCountOf(schema: JsonSchema): number {
  return Math.floor(MAX_REQUEST_BYTES / (minBytesOf(schema) + 1));
}

function minBytesOf(schema: JsonSchema): number {
  switch (schema.type) {
    case "boolean":
      return 4;
    case "integer":
    case "number":
      return 1;
    case "object": {
      const { required = [], properties = {} } = schema;
      return required.map((field) => field.length + 4 + minBytesOf(properties[field] ?? {}))
        .reduce((sum, bytes) => sum + bytes, 2);
    }
  }
  return 2;
}

function known(schema: JsonSchema, cost = 1): Estimate {
  return { cost, schema, size: maxSizeOf(schema) };
}

function estimate(node: ASTNode, scope: Scope): Estimate {
  switch (node.op) {
    case "value":
      return { cost: 0, size: typeof node.args === "string" ? node.args.length : 1 };
    case "id":
      return scope[node.args] ?? { cost: 1, size: 1 };
    case ".":
    case ".?":
      return select(estimate(node.args[0], scope), node.args[1]);
    case "[]":
    case "[?]":
      return index(estimate(node.args[0], scope), estimate(node.args[1], scope));
    case "list":
      return sum(node.args, scope, 10, node.args.length);
    case "map":
      return sum(node.args.flat(), scope, 30, node.args.length);
    case "?:": {
      const [condition, yes, no] = node.args.map((one) => estimate(one, scope));
      const cost = (condition?.cost ?? 0) + Math.max(yes?.cost ?? 0, no?.cost ?? 0);
      return { ...yes, cost, size: Math.max(yes?.size ?? 1, no?.size ?? 1) };
    }
    case "&&":
    case "||":
      return sum(node.args, scope, 0, 1);
    case "!_":
    case "-_":
      return sum([node.args], scope, 1, 1);
    case "call":
      return call(node.args[0], node.args[1], scope);
    case "rcall":
      return MACROS.includes(node.args[0])
        ? macro(node.args[1], node.args[2], scope)
        : call(node.args[0], [node.args[1], ...node.args[2]], scope);
    default:
      return operator(node.op, node.args, scope);
  }
}

function sum(nodes: readonly ASTNode[], scope: Scope, base: number, size: number): Estimate {
  return { cost: nodes.reduce((cost, one) => cost + estimate(one, scope).cost, base), size };
}

function select(from: Estimate, name: string): Estimate {
  const { properties = {} } = from.schema ?? {};
  const [, part] = Object.entries(properties).find(([field]) => celName(field) === name) ??
    [name, from.schema && valuesOf(from.schema)];
  return part ? known(part, from.cost + 1) : { cost: from.cost + 1, size: 1 };
}

function index(from: Estimate, at: Estimate): Estimate {
  const part = from.schema && (valuesOf(from.schema) ?? from.schema.items);
  const cost = from.cost + at.cost + 1;
  return part ? known(part, cost) : { cost, size: 1 };
}

function macro(range: ASTNode, args: readonly ASTNode[], scope: Scope): Estimate {
  const [variable, ...bodies] = args;
  const over = estimate(range, scope);
  const isMap = over.schema !== undefined && valuesOf(over.schema) !== undefined;
  const part = isMap ? { type: "string" } : over.schema?.items;
  const name = variable?.op === "id" ? variable.args : "";
  const inner = { ...scope, [name]: part ? known(part) : { cost: 1, size: 1 } };
  const body = bodies.reduce((cost, one) => cost + estimate(one, inner).cost, 0);
  // Beside the body, each round asks whether to go on, and joins what it found to what it had.
  return { cost: over.cost + over.size * (body + 4) + 2, schema: over.schema, size: over.size };
}

function call(name: string, args: readonly ASTNode[], scope: Scope): Estimate {
  const parts = args.map((one) => estimate(one, scope));
  const [target, other] = parts;
  const cost = parts.reduce((total, part) => total + part.cost, 0);
  const [ours, theirs] = [target?.size ?? 1, other?.size ?? 1];
  switch (name) {
    case "has":
      // To look whether a field is there costs what it costs to take it.
      return { cost, size: 1 };
    case "matches":
    case "find":
    case "findAll":
      return { cost: cost + Math.ceil((ours + 1) * 0.1) * Math.ceil(theirs * 0.25), size: ours };
    case "contains":
    case "indexOf":
    case "lastIndexOf":
      return { cost: cost + Math.ceil(ours * 0.1) * Math.ceil(theirs * 0.1), size: 1 };
    case "startsWith":
    case "endsWith":
      return { cost: cost + Math.ceil(theirs * 0.1), size: 1 };
    case "bytes":
    case "string":
    case "split":
    case "replace":
    case "lowerAscii":
    case "upperAscii":
    case "trim":
    case "join":
    case "substring":
      return { cost: cost + Math.ceil(ours * 0.1), size: ours };
  }
  return { cost: cost + 1, size: 1 };
}

function operator(
  op: string,
  args: readonly [ASTNode, ASTNode],
  scope: Scope,
): Estimate {
  const [left, right] = [estimate(args[0], scope), estimate(args[1], scope)];
  const cost = left.cost + right.cost;
  if (op === "in") return { cost: cost + right.size, size: 1 };
  if (op === "+") {
    return { cost: cost + 1 + (left.size + right.size) * 0.1, size: left.size + right.size };
  }
  // As far as both go.
  return { cost: cost + Math.max(1, Math.min(left.size, right.size) * 0.1), size: 1 };
}
