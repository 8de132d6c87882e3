import type { HandlerMetrics } from "./handler_metrics.ts";

/**
 * Metrics that nobody listens to: for a context that a test writes by hand.
 *
 * @example
 * ```ts
 * import { noMetrics } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const ctx = { metrics: noMetrics };
 * assert.equal(ctx.metrics.generation({ model: "m" }).end(), undefined);
 * ```
 */
export const noMetrics: HandlerMetrics = {
  generation: () => ({ firstToken: () => {}, end: () => {}, fail: () => {} }),
  tokens: () => {},
  count: () => {},
  gauge: () => {},
  observe: () => {},
};
