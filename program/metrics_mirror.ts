import type { Attributes } from "@opentelemetry/api";
import type { OtelNames } from "./otel_names.ts";
import { isExported } from "./otel_providers.ts";

/** Values of labels; an empty one says that there is none. */
type LabelTexts = Readonly<Record<string, string>>;

/** Puts numbers into OpenTelemetry's instruments. */
export interface MetricsMirror {
  /** Creates a counter; adds to it. */
  counter(names: OtelNames, help: string): (labels: LabelTexts, by: number) => void;
  /** Creates a gauge; puts it to a level. */
  gauge(names: OtelNames, help: string): (labels: LabelTexts, value: number) => void;
  /** Creates a gauge that is read whenever {@linkcode refresh} is called. */
  readGauge(names: OtelNames, help: string, read: () => number): void;
  /** Reads all gauges that are read. */
  refresh(): void;
  /** Creates a histogram with these upper bounds; adds a value to it. */
  histogram(
    names: OtelNames,
    help: string,
    buckets: readonly number[],
  ): (labels: LabelTexts, value: number) => void;
}

/**
 * Opens the export of metrics that Deno does when it is started with `OTEL_DENO=true`; where to and
 * how often say OpenTelemetry's own `OTEL_` variables, which Deno reads and a program need not.
 *
 * @param scope who measures, such as `asya.actor`
 * @returns nothing where metrics are not exported; callers then do nothing for it at all
 */
export async function openMetricsMirror(scope: string): Promise<MetricsMirror | undefined> {
  if (!isExported("metrics")) return undefined;
  const { metrics } = await import("@opentelemetry/api");
  const meter = metrics.getMeter(scope);
  const reads: (() => void)[] = [];
  return {
    counter(names, description) {
      const counter = meter.createCounter(names.name, { description, unit: names.unit });
      const attributesOf = attributesBy(names);
      return (labels, by) => counter.add(by, attributesOf(labels));
    },
    gauge(names, description) {
      const gauge = meter.createGauge(names.name, { description, unit: names.unit });
      const attributesOf = attributesBy(names);
      return (labels, value) => gauge.record(value, attributesOf(labels));
    },
    readGauge(names, description, read) {
      // Not an observable one: a process that ends while Deno reads one would never end.
      const gauge = meter.createGauge(names.name, { description, unit: names.unit });
      reads.push(() => gauge.record(read()));
    },
    refresh: () => reads.forEach((readSome) => readSome()),
    histogram(names, description, buckets) {
      const advice = { explicitBucketBoundaries: [...buckets] };
      const options = { description, unit: names.unit, advice };
      const histogram = meter.createHistogram(names.name, options);
      const attributesOf = attributesBy(names);
      return (labels, value) => histogram.record(value, attributesOf(labels));
    },
  };
}

/** Gives labels the names that they have in OpenTelemetry. */
function attributesBy({ attributes: names }: OtelNames): (labels: LabelTexts) => Attributes {
  const pairs = Object.entries(names);
  return (labels) => {
    const attributes: Attributes = {};
    for (const [label, name] of pairs) {
      const value = labels[label];
      if (value !== undefined && value !== "") attributes[name] = value;
    }
    return attributes;
  };
}
