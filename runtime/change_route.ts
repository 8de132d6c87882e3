import type { HandlerMessage, HandlerRoute } from "./handler.ts";

/** A message with its route, as handlers get it with `ASYA_INCLUDE_METADATA=true`. */
export type RoutedMessage = Pick<HandlerMessage<object>, "route">;

/**
 * The route with further steps right behind the current one.
 *
 * @param msg what the handler was called with
 * @param names the steps to insert, in order
 * @returns all steps of the new route, for a message of `messages()`
 * @throws {TypeError} when the message has no route
 * @example
 * ```ts
 * import { insertSteps } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const msg = { route: { steps: ["ask", "store"], current: 0, metadata: {} } };
 * assert.deepEqual(insertSteps(msg, "translate"), ["ask", "translate", "store"]);
 * ```
 */
export function insertSteps(msg: RoutedMessage, ...names: readonly string[]): string[] {
  const { steps, current } = routeOf(msg);
  return steps.toSpliced(current + 1, 0, ...names);
}

/**
 * The route with other steps ahead; without any, it ends with the current step.
 *
 * @param msg what the handler was called with
 * @param names the steps that follow instead, in order
 * @returns all steps of the new route, for a message of `messages()`
 * @throws {TypeError} when the message has no route
 * @example
 * ```ts
 * import { replaceRest } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const msg = { route: { steps: ["sort", "ocr", "store"], current: 0, metadata: {} } };
 * assert.deepEqual(replaceRest(msg, "parse"), ["sort", "parse"]);
 * assert.deepEqual(replaceRest(msg), ["sort"]);
 * ```
 */
export function replaceRest(msg: RoutedMessage, ...names: readonly string[]): string[] {
  const { steps, current } = routeOf(msg);
  return [...steps.slice(0, current + 1), ...names];
}

/**
 * The route with one more round of the given steps ahead, unless the first of them has run as often
 * as it may. What was ahead comes after the round.
 *
 * @param msg what the handler was called with
 * @param names the steps of a round, in order; the last one is mostly the current one
 * @param options `atMost`: how often the round's first step may run, rounds that ran included
 * @returns all steps of the new route, for a message of `messages()`; `undefined` when that is over
 * @throws {TypeError} when the message has no route, and for a round without a step or without end
 * @example A judge that sends an answer back, three times at most
 * ```ts
 * import { type HandlerMessage, messages, repeatSteps } from "@asya/runtime";
 * import { runHandler } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * function judge(msg: HandlerMessage<{ answer: string }>) {
 *   const { payload } = msg;
 *   if (payload.answer.length > 20) return payload;
 *   const steps = repeatSteps(msg, ["refine", "judge"], { atMost: 3 });
 *   return steps ? messages([{ payload, steps }]) : { ...payload, note: "as good as it gets" };
 * }
 *
 * const short = { answer: "42" };
 * const first = await runHandler(judge, short, {
 *   includeMetadata: true,
 *   steps: ["ask", "judge", "store"],
 *   current: 1,
 * });
 * assert.deepEqual(first.routes[0], ["ask", "judge", "refine", "judge", "store"]);
 * ```
 */
export function repeatSteps(
  msg: RoutedMessage,
  names: readonly string[],
  options: { readonly atMost: number },
): string[] | undefined {
  const [first] = names;
  const { atMost } = options;
  if (first === undefined) {
    throw new TypeError("repeatSteps() got no step; one or more are allowed");
  }
  if (!Number.isInteger(atMost) || atMost < 0) {
    throw new TypeError(`repeatSteps() got atMost ${atMost}; a whole number from 0 is allowed`);
  }
  return countRuns(msg, first) < atMost ? insertSteps(msg, ...names) : undefined;
}

/**
 * How often a step has run for a message, the current one included.
 *
 * @param msg what the handler was called with
 * @param name the step
 * @throws {TypeError} when the message has no route
 * @example
 * ```ts
 * import { countRuns } from "@asya/runtime";
 * import assert from "node:assert/strict";
 * const msg = { route: { steps: ["ask", "judge", "ask", "judge"], current: 2, metadata: {} } };
 * assert.equal(countRuns(msg, "ask"), 2);
 * assert.equal(countRuns(msg, "judge"), 1);
 * ```
 */
export function countRuns(msg: RoutedMessage, name: string): number {
  const { steps, current } = routeOf(msg);
  return steps.slice(0, current + 1).filter((step) => step === name).length;
}

function routeOf({ route }: RoutedMessage): HandlerRoute {
  if (route) return route;
  throw new TypeError(
    "the message has no route; its handler gets one where ASYA_INCLUDE_METADATA is true, and from " +
      "runHandler with includeMetadata: true",
  );
}
