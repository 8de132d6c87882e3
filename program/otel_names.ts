import type { Labels, MetricOptions } from "./metric.ts";

/** How a metric is called in OpenTelemetry. */
export interface OtelNames {
  /** Words joined by dots, without its unit. */
  readonly name: string;
  /** The unit, in the words of UCUM: `s`, `By`, `{token}`; `""` for a plain number. */
  readonly unit: string;
  /** The attribute that stands for each label. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Units at the end of a name in Prometheus, as OpenTelemetry has them beside the name. */
const UNITS: Readonly<Record<string, string>> = { seconds: "s", bytes: "By", ratio: "1" };

/**
 * Says how a metric is called in OpenTelemetry, so that a collector that passes it on to Prometheus
 * calls it there as we do: `asya_actor_idle_seconds_total` is `asya.actor.idle` in seconds.
 *
 * @param namespace what stands before the name in Prometheus; `""` for nothing
 * @param type of the metric
 * @param options its name and labels, and how the conventions call it, where they do
 * @returns The names.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { otelNames } from "@asya/program";
 *
 * const options = { name: "idle_seconds_total", help: "", labels: { queue: [] } };
 * assert.deepEqual(otelNames("asya_actor", "counter", options), {
 *   name: "asya.actor.idle", unit: "s", attributes: { queue: "queue" },
 * });
 * ```
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function otelNames(
  namespace: string,
  type: "counter" | "gauge" | "histogram",
  options: MetricOptions<Labels>,
): OtelNames {
  const { convention, labels } = options;
  const attributes = Object.fromEntries(
    Object.keys(labels).map((label) => [label, convention?.attributes?.[label] ?? label]),
  );
  if (convention) return { name: convention.name, unit: convention.unit, attributes };
  const counted = type === "counter" ? options.name.replace(/_total$/, "") : options.name;
  const [, bare = counted, suffix = ""] = /^(.+)_(seconds|bytes|ratio)$/.exec(counted) ?? [];
  const prefix = namespace === "" ? "" : `${namespace.replaceAll("_", ".")}.`;
  return { name: prefix + bare, unit: UNITS[suffix] ?? options.unit ?? "", attributes };
}
