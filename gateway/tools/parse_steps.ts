import { parseDuration } from "@asya/program";
import {
  isJsonObject,
  isQueueName,
  JOIN_KEYS,
  type JoinOptions,
  joinToWire,
  readJoin,
  TERMINAL_QUEUES,
} from "@asya/protocol";
import type { Located } from "./located.ts";
import type { Tool } from "./tool.ts";
import { findUnclearJoins } from "./unclear_joins.ts";

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
  const options = new Map<string, JoinOptions>();
  const items = route.items(allowed);
  items.forEach((item, index) => {
    const isJoin = isJsonObject(item.value);
    if (isJoin) item.allowKeys(["join", ...JOIN_KEYS]);
    const step = readStep(isJoin ? item.at("join") : item);
    if (isJoin && step !== undefined) {
      const others = steps.filter((_, index) => !joins.includes(index));
      joins.push(index);
      claimOptions(options, step, readOptions(item, others), item);
    }
    if (step !== undefined) steps.push(step);
  });
  if (Array.isArray(route.value) && items.length === 0) {
    route.fail("the route is empty; allowed: at least one step");
  }
  // Where a step is none, the indices of the others say nothing.
  if (steps.length === items.length) failUnclear(items, steps, joins, options);
  const join = [...options].map(([step, given]) => [step, joinToWire(given)] as const)
    .filter(([, given]) => Object.keys(given).length > 0);
  return { steps, joins, join: Object.fromEntries(join) };
}

/** Tells of joins of which nobody can say whose branches they take. */
function failUnclear(
  items: readonly Located[],
  steps: readonly string[],
  joins: readonly number[],
  options: ReadonlyMap<string, JoinOptions>,
): void {
  const openings = new Map(joins.map((index) => {
    const of = options.get(steps[index]!)?.of;
    return [index, of === undefined ? undefined : steps.lastIndexOf(of, index - 1)];
  }));
  for (const { index, other } of findUnclearJoins(steps.length, openings)) {
    const before = steps.filter((_, step) => step < index && !joins.includes(step));
    items[index]!.fail(
      `nobody can tell whose branches ${steps[index]} takes, since steps stand between it and ` +
        `${steps[other]}; allowed: of, one of ${before.join(", ")}`,
    );
  }
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
  claimed: Map<string, JoinOptions>,
  step: string,
  options: JoinOptions,
  item: Located,
): void {
  const first = claimed.get(step) ?? options;
  claimed.set(step, first);
  if (JSON.stringify(first) === JSON.stringify(options)) return;
  item.fail(`${step} waits in another way than before; allowed: the same`);
}
