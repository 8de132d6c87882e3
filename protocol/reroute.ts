import { readBookkeeping, writeBookkeeping } from "./bookkeeping.ts";
import type { Route } from "./route.ts";

/**
 * A route with other steps ahead. Which of them are joins is kept by index, so the indices follow:
 * ahead of the current step, whatever bears the name of a join of this route is one.
 *
 * @param route the route as it was
 * @param steps all steps of the new one; up to and including the current one they are the same
 * @example
 * ```ts
 * import { readBookkeeping, reroute } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { joins: [2] } };
 * const route = { steps: ["split", "ocr", "gather"], current: 0, metadata };
 * const longer = reroute(route, ["split", "ocr", "judge", "gather"]);
 * assert.deepEqual(readBookkeeping(longer).joins, [3]);
 * ```
 */
export function reroute(route: Route, steps: readonly string[]): Route {
  if (hasSameSteps(route.steps, steps)) return route;
  const changed = { ...route, steps: [...steps] };
  const { joins = [] } = readBookkeeping(route);
  if (joins.length === 0) return changed;
  const done = joins.filter((index) => index <= route.current);
  const names = new Set(joins.map((index) => route.steps[index]));
  const ahead = steps.flatMap((name, index) =>
    index > route.current && names.has(name) ? index : []
  );
  const moved = [...done, ...ahead];
  return writeBookkeeping(changed, { joins: moved.length > 0 ? moved : undefined });
}

/**
 * Whether two routes lead the same way.
 *
 * @param steps the steps of one
 * @param others the steps of the other
 * @example
 * ```ts
 * import { hasSameSteps } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.equal(hasSameSteps(["ocr"], ["ocr"]), true);
 * assert.equal(hasSameSteps(["ocr"], ["ocr", "judge"]), false);
 * ```
 */
export function hasSameSteps(steps: readonly string[], others: readonly string[]): boolean {
  return steps.length === others.length && steps.every((name, index) => name === others[index]);
}
