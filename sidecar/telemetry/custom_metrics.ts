import type { CountMeasure, GaugeMeasure, ObservedMeasure } from "@asya/protocol";
import type { Metrics } from "@asya/program";
import { limitSeries } from "./limit_series.ts";
import type { CustomMetric } from "../parse_custom_metrics.ts";

/** What a handler reports of a metric of its own. */
export type CustomMeasure = CountMeasure | GaugeMeasure | ObservedMeasure;

/** Why such a report cannot be counted: no metric has the name, or it is declared otherwise. */
export type Refusal = "undeclared" | "kind" | "labels";

/** What each kind of metric is reported by. */
export const REPORTED_BY: Readonly<Record<CustomMetric["type"], CustomMeasure["kind"]>> = {
  counter: "count",
  gauge: "gauge",
  histogram: "observe",
};

/** Combinations of labels of one metric that get series of their own. */
const MAX_SERIES = 200;

/**
 * Why a report is not as its metric is declared.
 *
 * @param measure the report
 * @param declared the metric of its name, where there is one
 * @returns nothing where it can be counted
 * @example
 * ```ts
 * import { refusalOf } from "./custom_metrics.ts";
 * import assert from "node:assert/strict";
 * const measure = { kind: "count", name: "pages_total", value: 1, labels: {} } as const;
 * assert.equal(refusalOf(measure, undefined), "undeclared");
 * ```
 */
export function refusalOf(
  measure: CustomMeasure,
  declared: CustomMetric | undefined,
): Refusal | undefined {
  if (!declared) return "undeclared";
  if (REPORTED_BY[declared.type] !== measure.kind) return "kind";
  const isKnown = Object.keys(measure.labels).every((label) => declared.labels.includes(label));
  return isKnown ? undefined : "labels";
}

/**
 * Registers metrics that an actor's author named, so that handlers can feed them.
 *
 * @param metrics where to register
 * @param custom their names, kinds and labels
 * @returns what counts a report, or says why it cannot
 */
export function registerCustomMetrics(
  metrics: Metrics,
  custom: readonly CustomMetric[],
): (measure: CustomMeasure) => Refusal | undefined {
  const known = new Map(
    custom.map((metric) => [metric.name, { metric, count: registerOne(metrics, metric) }]),
  );
  return (measure) => {
    const found = known.get(measure.name);
    const refusal = refusalOf(measure, found?.metric);
    if (refusal === undefined) found?.count(measure);
    return refusal;
  };
}

/** Registers one; gives what counts its reports, which are known to be as it is declared. */
function registerOne(metrics: Metrics, metric: CustomMetric): (measure: CustomMeasure) => void {
  const { name, type, help, labels: names, buckets } = metric;
  const options = { name, help, labels: Object.fromEntries(names.map((label) => [label, []])) };
  const limit = limitSeries(MAX_SERIES);
  const labelsOf = ({ labels }: CustomMeasure) => {
    // Of a label that is not said, an object may have something by its name all the same.
    const said = new Map(Object.entries(labels));
    const values = limit(names.map((label) => said.get(label) ?? ""));
    return Object.fromEntries(names.map((label, index) => [label, values[index] ?? ""]));
  };
  switch (type) {
    case "counter": {
      const counter = metrics.counter(options);
      return (measure) => measure.kind === "count" && counter.inc(labelsOf(measure), measure.value);
    }
    case "gauge": {
      const gauge = metrics.gauge(options);
      return (measure) => measure.kind === "gauge" && gauge.set(labelsOf(measure), measure.value);
    }
    case "histogram": {
      const histogram = metrics.histogram({ ...options, buckets });
      return (measure) => {
        if (measure.kind !== "observe") return;
        const labels = labelsOf(measure);
        for (const value of measure.values) histogram.observe(labels, value);
      };
    }
  }
}
