import { MAX_MESSAGE_DEPTH } from "@asya/protocol/message";

/** The JSON of a value, or why it has none, as words that follow the value's name. */
export type JsonText = { ok: true; text: string } | { ok: false; problem: string };

/** A place inside a value that JSON would lose or change, and what is there. */
interface Loss {
  readonly path: string;
  readonly what: string;
}

/** Built-in objects that JSON writes as `{}` or as an object of numbers. */
const UNWRITABLE =
  /^\[object (Map|Set|WeakMap|WeakSet|Promise|Error|RegExp|ArrayBuffer|.*Array)\]$/;

/**
 * Writes a value as JSON, once, and refuses what would not arrive as it is: cycles, big integers,
 * numbers that are not finite, promises, maps, errors, typed arrays, and holes in arrays.
 *
 * A property that is `undefined` or a function is left out, as JSON does.
 *
 * @param value whatever a handler gave
 * @param name what to call it in the problem
 * @example
 * ```ts
 * import { toJsonText } from "./json_text.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(toJsonText({ a: 1, b: undefined }, "result"), { ok: true, text: '{"a":1}' });
 * assert.deepEqual(toJsonText({ sizes: [1, NaN] }, "result"), {
 *   ok: false, problem: "result.sizes[1] is NaN, which JSON cannot carry",
 * });
 * ```
 */
export function toJsonText(value: unknown, name: string): JsonText {
  let text: string | undefined;
  let thrown: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    thrown = error;
  }
  const loss = findLoss(value, 0);
  if (loss) return refuse(`${name}${loss.path} ${loss.what}`);
  if (text !== undefined) return { ok: true, text };
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return refuse(`${name} cannot be written as JSON: ${reason.split("\n")[0]}`);
}

function findLoss(value: unknown, depth: number): Loss | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : lossHere(`is ${value}, which JSON cannot carry`);
    case "bigint":
      return lossHere("is a BigInt, which JSON cannot carry");
    case "undefined":
    case "function":
    case "symbol":
      return lossHere(`is ${typeof value === "undefined" ? "undefined" : `a ${typeof value}`}`);
  }
  if (value === null || value === undefined) return undefined;
  // A cycle ends here too.
  if (depth >= MAX_MESSAGE_DEPTH) {
    return lossHere(`holds itself, or is nested deeper than ${MAX_MESSAGE_DEPTH} levels`);
  }
  return Array.isArray(value) ? lossInArray(value, depth) : lossInObject(value, depth);
}

function lossInArray(items: readonly unknown[], depth: number): Loss | undefined {
  for (let index = 0; index < items.length; index++) {
    const loss = findLoss(items[index], depth + 1);
    if (loss) return within(`[${index}]`, loss, depth);
  }
  return undefined;
}

function lossInObject(value: object, depth: number): Loss | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if ("toJSON" in value) return undefined;
    const tag = Object.prototype.toString.call(value);
    if (UNWRITABLE.test(tag)) {
      return lossHere(`is a ${tag.slice("[object ".length, -1)}, which JSON cannot carry`);
    }
  }
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined || typeof item === "function" || typeof item === "symbol") continue;
    const loss = findLoss(item, depth + 1);
    if (loss) {
      return within(/^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, loss, depth);
    }
  }
  return undefined;
}

function lossHere(what: string): Loss {
  return { path: "", what };
}

/** The path of a loss seen from further out; of a very deep one, only the outermost part. */
function within(segment: string, loss: Loss, depth: number): Loss {
  return { path: depth < 10 ? `${segment}${loss.path}` : "…", what: loss.what };
}

function refuse(problem: string): JsonText {
  return { ok: false, problem };
}
