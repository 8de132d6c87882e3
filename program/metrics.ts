import type { Labels, MetricOptions, Metrics } from "./metric.ts";
import { openMetricsMirror } from "./metrics_mirror.ts";
import { otelNames } from "./otel_names.ts";

/** How old a number may be that Deno exports, where it is not counted as it happens. */
const REFRESH_MS = 500;

/**
 * Creates an empty set of metrics, with two about the process: its resident memory and its start.
 * Registering a name twice, or an illegal one, throws. Where Deno exports metrics to OpenTelemetry
 * (`OTEL_DENO=true`), the same numbers go there, by the names that {@linkcode otelNames} gives them.
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
  const { namespace = "" } = options;
  const prepare = () => prepareAll.forEach((prepareSome) => prepareSome());
  const mirror = await openMetricsMirror(namespace.replaceAll("_", ".") || "asya");
  const describe = <L extends Labels>(metric: MetricOptions<L>) => ({
    name: metric.convention || namespace === "" ? metric.name : `${namespace}_${metric.name}`,
    help: metric.help,
    labelNames: Object.keys(metric.labels),
    registers: [registry],
  });
  const metrics: Metrics = {
    contentType: registry.contentType,
    counter(metric) {
      const counter = new prom.Counter(describe(metric));
      const add = mirror?.counter(otelNames(namespace, "counter", metric), metric.help);
      const inc = (labels: Record<string, string>, by: number) => {
        counter.inc(labels, by);
        add?.(labels, by);
      };
      for (const labels of knownLabels(metric.labels)) inc(labels, 0);
      return { inc: (labels, by = 1) => inc({ ...labels }, by) };
    },
    gauge(metric) {
      const { read, help } = metric;
      const gauge = new prom.Gauge({
        ...describe(metric),
        collect() {
          if (read !== undefined) this.set(read());
        },
      });
      const names = otelNames(namespace, "gauge", metric);
      if (read) mirror?.readGauge(names, help, read);
      const levels = read ? undefined : mirror && createLevels(mirror.gauge(names, help));
      const set = (labels: Record<string, string>, value: number) => {
        gauge.set(labels, value);
        levels?.set(labels, value);
      };
      if (!read) { for (const labels of knownLabels(metric.labels)) set(labels, 0); }
      return {
        set: (labels, value) => set({ ...labels }, value),
        add: (labels, by) => {
          gauge.inc({ ...labels }, by);
          levels?.add({ ...labels }, by);
        },
        remove: (labels) => gauge.remove({ ...labels }),
      };
    },
    histogram(metric) {
      const { buckets, help } = metric;
      const histogram = new prom.Histogram({ ...describe(metric), buckets: [...buckets] });
      const record = mirror?.histogram(otelNames(namespace, "histogram", metric), help, buckets);
      for (const labels of knownLabels(metric.labels)) histogram.zero(labels);
      return {
        observe: (labels, value) => {
          histogram.observe({ ...labels }, value);
          record?.(labels, value);
        },
      };
    },
    beforeRender: (prepare) => void prepareAll.push(prepare),
    render: () => {
      prepare();
      return registry.metrics();
    },
  };
  if (mirror) {
    const names = { name: "process.memory.usage", unit: "By", attributes: {} };
    const help = "The amount of physical memory in use.";
    mirror.readGauge(names, help, () => Deno.memoryUsage().rss);
    // What is counted in batches, and what is read, must be there when Deno exports, and at the end.
    const refresh = () => {
      prepare();
      mirror.refresh();
    };
    refresh();
    // waits for numbers to become too old to be exported
    Deno.unrefTimer(setInterval(refresh, REFRESH_MS));
    addEventListener("unload", refresh);
  }
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

/** Levels of a gauge that can only be put, so that they can be added to as well. */
function createLevels(
  put: (labels: Record<string, string>, value: number) => void,
): Record<"set" | "add", (labels: Record<string, string>, value: number) => void> {
  const levels = new Map<string, number>();
  const keyOf = (labels: Record<string, string>) => Object.values(labels).join("\n");
  const set = (labels: Record<string, string>, value: number) => {
    levels.set(keyOf(labels), value);
    put(labels, value);
  };
  return { set, add: (labels, by) => set(labels, (levels.get(keyOf(labels)) ?? 0) + by) };
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
