/**
 * The labels of a metric: each with the values that are known in advance, which appear with 0 from
 * the start, so that a rate over a counter sees its first increment. A label whose values are only
 * known at run time has an empty list.
 */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
export type LabelValues<L extends Labels> = { readonly [K in keyof L]: string };

/** What every metric has. */
export interface MetricOptions<L extends Labels> {
  /** The name without the namespace, ending in its unit or in `_total`. */
  readonly name: string;
  /** What it counts or measures, in a sentence or phrase. */
  readonly help: string;
  /** The labels; `{}` for none. */
  readonly labels: L;
}

/** What a gauge may add. */
export interface GaugeOptions<L extends Labels> extends MetricOptions<L> {
  /** Reads the value whenever the metrics are read; only for a gauge without labels. */
  readonly read?: () => number;
}

/** What a histogram adds. */
export interface HistogramOptions<L extends Labels> extends MetricOptions<L> {
  /** The upper bounds of its buckets, rising. */
  readonly buckets: readonly number[];
}

/** A number that only grows. */
export interface Counter<L extends Labels> {
  /** Adds `by` (1 if not given, never negative). */
  inc(labels: LabelValues<L>, by?: number): void;
}

/** A number that goes up and down. */
export interface Gauge<L extends Labels> {
  /** Puts the value. */
  set(labels: LabelValues<L>, value: number): void;
  /** Adds `by`, which may be negative. */
  add(labels: LabelValues<L>, by: number): void;
}

/** The distribution of a measured value. */
export interface Histogram<L extends Labels> {
  /** Takes one measurement. */
  observe(labels: LabelValues<L>, value: number): void;
}

/** The metrics of one program. */
export interface Metrics {
  /** The media type of what {@linkcode render} gives. */
  readonly contentType: string;
  /** Registers a counter. */
  counter<const L extends Labels>(options: MetricOptions<L>): Counter<L>;
  /** Registers a gauge. */
  gauge<const L extends Labels>(options: GaugeOptions<L>): Gauge<L>;
  /** Registers a histogram. */
  histogram<const L extends Labels>(options: HistogramOptions<L>): Histogram<L>;
  /** Calls back before values are read: for a program that counts many things at a time. */
  beforeRender(prepare: () => void): void;
  /** Writes all values in Prometheus' text format. */
  render(): Promise<string>;
}

/**
 * Creates an empty set of metrics, with two about the process: its resident memory and its start.
 * Registering a name twice, or an illegal one, throws.
 *
 * prom-client is loaded by the first call, so that a program without metrics does not pay for it.
 *
 * @param options `namespace` stands before every name, joined with `_`; leave it out for none.
 * @returns The metrics.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMetrics } from "@asya/program";
 *
 * const metrics = await createMetrics({ namespace: "demo" });
 * const calls = metrics.counter({
 *   name: "calls_total",
 *   help: "calls by outcome",
 *   labels: { outcome: ["ok", "failed"] },
 * });
 * calls.inc({ outcome: "ok" });
 * const lines = (await metrics.render()).split("\n");
 * assert(lines.includes('demo_calls_total{outcome="ok"} 1'));
 * assert(lines.includes('demo_calls_total{outcome="failed"} 0'));
 * ```
 */
export async function createMetrics(options: { namespace?: string } = {}): Promise<Metrics> {
  const prom = await import("./prom_client.ts");
  const registry = new prom.Registry();
  const prepareAll: (() => void)[] = [];
  const prefix = options.namespace === undefined ? "" : `${options.namespace}_`;
  const describe = <L extends Labels>(metric: MetricOptions<L>) => ({
    name: prefix + metric.name,
    help: metric.help,
    labelNames: Object.keys(metric.labels),
    registers: [registry],
  });
  const metrics: Metrics = {
    contentType: registry.contentType,
    counter(metric) {
      const counter = new prom.Counter(describe(metric));
      for (const labels of knownLabels(metric.labels)) counter.inc(labels, 0);
      return { inc: (labels, by = 1) => counter.inc({ ...labels }, by) };
    },
    gauge(metric) {
      const { read } = metric;
      const gauge = new prom.Gauge({
        ...describe(metric),
        collect() {
          if (read !== undefined) this.set(read());
        },
      });
      for (const labels of knownLabels(metric.labels)) gauge.set(labels, 0);
      return {
        set: (labels, value) => gauge.set({ ...labels }, value),
        add: (labels, by) => gauge.inc({ ...labels }, by),
      };
    },
    histogram(metric) {
      const histogram = new prom.Histogram({ ...describe(metric), buckets: [...metric.buckets] });
      for (const labels of knownLabels(metric.labels)) histogram.zero(labels);
      return { observe: (labels, value) => histogram.observe({ ...labels }, value) };
    },
    beforeRender: (prepare) => void prepareAll.push(prepare),
    render: () => {
      for (const prepare of prepareAll) prepare();
      return registry.metrics();
    },
  };
  const registers = [registry];
  new prom.Gauge({
    name: "process_resident_memory_bytes",
    help: "resident memory size in bytes",
    registers,
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
  new prom.Gauge({
    name: "process_start_time_seconds",
    help: "start time of the process since the unix epoch in seconds",
    registers,
  }).set(performance.timeOrigin / 1_000);
  return metrics;
}

/** Every combination of the values known in advance; none when a label has no known value. */
function knownLabels(labels: Labels): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(labels)) {
    combinations = combinations.flatMap((labels) =>
      values.map((value) => ({ ...labels, [name]: value }))
    );
  }
  return combinations;
}
