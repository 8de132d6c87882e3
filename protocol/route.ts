/**
 * Routes: the steps of a message, where it is on them, and what may be changed of them.
 *
 * @module
 */
import { createFailure, type Failure } from "./failure.ts";
import { type JsonObject, showJson } from "./json.ts";

/** The way of a message: which queues in which order, and how far it has come. */
export interface Route {
  /** Queue names; a step's name is its queue's name. Never empty. */
  readonly steps: readonly string[];
  /** Index of the step that works on the message now; `steps.length` when it is finished. */
  readonly current: number;
  /** Carried along; `metadata.asya` is ours (see `bookkeeping.ts`), the rest the sender's. */
  readonly metadata: JsonObject;
}

/** Steps a message may take where a setting says nothing. */
export const DEFAULT_MAX_HOPS = 256;

/**
 * The queue a message is for now, or `undefined` when its route is finished.
 *
 * @param route any route
 * @example
 * ```ts
 * import { currentStep } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(currentStep({ steps: ["ocr", "classify"], current: 1, metadata: {} }), "classify");
 * assert.equal(currentStep({ steps: ["ocr"], current: 1, metadata: {} }), undefined);
 * ```
 */
export function currentStep(route: Route): string | undefined {
  return route.steps[route.current];
}

/**
 * Whether every step has run.
 *
 * @param route any route
 * @example
 * ```ts
 * import { isFinished } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(isFinished({ steps: ["ocr"], current: 1, metadata: {} }), true);
 * ```
 */
export function isFinished(route: Route): boolean {
  return route.current >= route.steps.length;
}

/**
 * The route one step further.
 *
 * @param route a route that is not finished
 * @example
 * ```ts
 * import { advance } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(advance({ steps: ["ocr", "classify"], current: 0, metadata: {} }).current, 1);
 * ```
 */
export function advance(route: Route): Route {
  return { ...route, current: route.current + 1 };
}

/**
 * Whether a message may take its current step: a route that grows for ever is a loop.
 *
 * @param route the route as it stands in a step's queue
 * @param maxHops steps one message may take; the current one counts
 * @returns the `route_error`, or `undefined` when it may go on
 * @example
 * ```ts
 * import { checkHops } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const loop = { steps: ["a", "b", "a"], current: 2, metadata: {} };
 * assert.equal(checkHops(loop, 3), undefined);
 * assert.equal(checkHops(loop, 2)?.code, "route_error");
 * ```
 */
export function checkHops(route: Route, maxHops: number): Failure | undefined {
  const hops = route.current + 1;
  if (hops <= maxHops) return undefined;
  return createFailure(
    "route_error",
    `step ${hops} of the route ("${currentStep(route)}") is over the limit of ${maxHops} hops`,
  );
}

/**
 * Checks the route a handler answered: what is done, the current step included, stays as it was,
 * and `current` is not the handler's to move.
 *
 * @param before the route as the step received it
 * @param steps the steps the handler wants
 * @param current the `current` it answered, where it answered one
 * @returns a `processing_error` naming the step and the reason, or `undefined` when it is fine
 * @example
 * ```ts
 * import { checkRewrite } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const before = { steps: ["ask", "judge", "store"], current: 1, metadata: {} };
 * assert.equal(checkRewrite(before, ["ask", "judge", "refine", "judge"]), undefined);
 * assert.equal(checkRewrite(before, ["judge", "store"])?.code, "processing_error");
 * ```
 */
export function checkRewrite(
  before: Route,
  steps: readonly string[],
  current: number = before.current,
): Failure | undefined {
  const step = currentStep(before);
  if (current !== before.current) {
    return createFailure(
      "processing_error",
      `step "${step}" moved route.current from ${before.current} to ${current}; ` +
        "it stays as the step received it",
    );
  }
  for (let index = 0; index <= before.current; index++) {
    if (steps[index] === before.steps[index]) continue;
    return createFailure(
      "processing_error",
      `step "${step}" changed the part of the route that is done: steps[${index}] was ` +
        `"${before.steps[index]}" and became ${showJson(steps[index])}; ` +
        `only steps after index ${before.current} may change`,
    );
  }
  const bad = steps.findIndex((name) => typeof name !== "string" || name === "");
  if (bad === -1) return undefined;
  return createFailure(
    "processing_error",
    `step "${step}" put ${showJson(steps[bad])} at steps[${bad}]; a step is a queue's name`,
  );
}
