import { parseDuration } from "@asya/program";
import {
  isJsonObject,
  isQueueName,
  JOIN_KEYS,
  type JoinOptions,
  joinToWire,
  type JsonObject,
  readJoin,
  TERMINAL_QUEUES,
} from "@asya/protocol";
import type { Located } from "./located.ts";
import type { Tool } from "./tool.ts";

/** The steps of a route, which of them join a fan-out, and how those wait. */
export type RouteSteps = Pick<Tool, "steps" | "joins" | "join">;

/** A route without steps. */
export const NO_STEPS: RouteSteps = { steps: [], joins: [], join: {} };

/**
 * Reads the steps of a route.
 *
 * @param route a list of them; whatever is wrong with it is added to its document's problems
 * @param allowed what may stand there instead, in words
 * @example
 * ```ts
 * import { Located } from "./located.ts";
 * import { parseSteps } from "./parse_steps.ts";
 * import { parseYaml } from "./yaml_document.ts";
 * import assert from "node:assert/strict";
 *
 * const yaml = parseYaml("route.yaml", "[split, ocr, { join: gather, quorum: 2, timeout: 30s }]");
 * assert(yaml.ok);
 * assert.deepEqual(parseSteps(new Located(yaml.document, []), "a list of steps"), {
 *   steps: ["split", "ocr", "gather"],
 *   joins: [2],
 *   join: { gather: { quorum: 2, timeout: 30 } },
 * });
 * ```
 */
export function parseSteps(route: Located, allowed: string): RouteSteps {
  const steps: string[] = [];
  const joins: number[] = [];
  const join = new Map<string, JsonObject>();
  const items = route.items(allowed);
  items.forEach((item, index) => {
    const isJoin = isJsonObject(item.value);
    if (isJoin) item.allowKeys(["join", ...JOIN_KEYS]);
    const step = readStep(isJoin ? item.at("join") : item);
    if (isJoin && step !== undefined) {
      joins.push(index);
      claimOptions(join, step, joinToWire(readOptions(item, steps)), item);
    }
    if (step !== undefined) steps.push(step);
  });
  if (Array.isArray(route.value) && items.length === 0) {
    route.fail("the route is empty; allowed: at least one step");
  }
  return { steps, joins, join: Object.fromEntries(join) };
}

function readStep(item: Located): string | undefined {
  const allowed = "a queue's name, or {join: a queue's name}";
  const step = item.text(allowed);
  if (step === undefined) return undefined;
  if (!isQueueName(step)) return item.refuse(allowed, undefined);
  if (Object.values<string>(TERMINAL_QUEUES).includes(step)) {
    item.fail(`${step} ends every route by itself; allowed: to leave it out`);
  }
  return step;
}

function readOptions(item: Located, before: readonly string[]): JoinOptions {
  const options = readJoin({
    value: (key) => item.at(key).isMissing ? undefined : item.at(key).value,
    refuse: (key, allowed) => item.at(key).refuse(allowed, undefined),
    readDuration: parseDuration,
  });
  if (options.of !== undefined && !before.includes(options.of)) {
    item.at("of").refuse(before.join(", ") || "to leave it out at the first step", undefined);
  }
  return options;
}

/** Messages know a join by its name: one that comes twice waits alike. */
function claimOptions(
  claimed: Map<string, JsonObject>,
  step: string,
  options: JsonObject,
  item: Located,
): void {
  const first = claimed.get(step) ?? {};
  const isOther = claimed.has(step) && JSON.stringify(first) !== JSON.stringify(options);
  if (isOther) item.fail(`${step} waits in another way than before; allowed: the same`);
  else if (Object.keys(options).length > 0) claimed.set(step, options);
}
