import type { Labels, MetricOptions, Metrics } from "./metric.ts";

/** A metric as it is registered. */
export interface ListedMetric {
  /** What it is, as Prometheus has it. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What it was registered with: its name, its help, its labels. */
  readonly options: MetricOptions<Labels>;
}

/**
 * Lists what some code registers, without counting anything.
 *
 * @param register registers metrics
 * @returns The metrics, in the order in which they are registered.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { listMetrics } from "@asya/program";
 *
 * const listed = listMetrics((metrics) => {
 *   metrics.counter({ name: "calls_total", help: "calls", labels: {} });
 * });
 * assert.deepEqual(listed.map(({ options }) => options.name), ["calls_total"]);
 * ```
 */
export function listMetrics(register: (metrics: Metrics) => void): ListedMetric[] {
  const listed: ListedMetric[] = [];
  register({
    contentType: "",
    counter(options) {
      listed.push({ type: "counter", options });
      return { inc: () => {} };
    },
    gauge(options) {
      listed.push({ type: "gauge", options });
      return { set: () => {}, add: () => {}, remove: () => {} };
    },
    histogram(options) {
      listed.push({ type: "histogram", options });
      return { observe: () => {} };
    },
    beforeRender: () => {},
    render: () => Promise.resolve(""),
  });
  return listed;
}
