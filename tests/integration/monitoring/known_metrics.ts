import { pathOf } from "../../kit/mod.ts";
import type { LabelsOf } from "./read_query.ts";

/** Labels that Prometheus and its operator put on what they scrape. */
const TARGET_LABELS = ["cluster", "namespace", "pod", "instance", "job"];

/** Metrics of others, with their labels. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  // Prometheus' own.
  up: [],
  ALERTS: ["alertname", "alertstate"],
  // Every program of ours, and many others.
  process_resident_memory_bytes: [],
  // RabbitMQ's, at /metrics/detailed with the families queue_coarse_metrics and
  // queue_consumer_count; a test reads them from a real one.
  rabbitmq_detailed_queue_messages_ready: ["queue", "vhost"],
  rabbitmq_detailed_queue_messages_unacked: ["queue", "vhost"],
  rabbitmq_detailed_queue_consumers: ["queue", "vhost"],
  // KEDA's, https://keda.sh/docs/2.20/integrations/prometheus/.
  keda_scaler_metrics_value: ["metric", "scaledObject", "scaler", "triggerIndex", "type"],
  keda_scaled_object_errors_total: ["scaledObject"],
};

/** A metric of a program, as docs/reference/metrics.md has it, which is made from the code. */
export interface OwnMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** Every metric that a program of ours exposes, by the reference that is made from the code. */
export async function readOwnMetrics(): Promise<OwnMetric[]> {
  const page = await Deno.readTextFile(pathOf("docs/reference/metrics.md"));
  const rows = page.matchAll(/^\| `(\w+)` +\| (counter|gauge|histogram) +\| ([^|]*)\|/gm);
  return Array.from(rows, ([, name = "", type = "", labels = ""]) => ({
    name,
    type,
    labels: Array.from(labels.matchAll(/`(\w+)`/g), ([, label = ""]) => label),
  }));
}

/**
 * What is known of all metrics that a query may name.
 *
 * @param own those of our programs
 * @param recorded names that rules keep values under, with their labels
 */
export function createLabelsOf(
  own: readonly OwnMetric[],
  recorded: Readonly<Record<string, readonly string[]>>,
): LabelsOf {
  const known = new Map(Object.entries({ ...FOREIGN, ...recorded }));
  for (const { name, type, labels } of own) {
    if (type !== "histogram") known.set(name, labels);
    else {
      known.set(`${name}_bucket`, [...labels, "le"]);
      for (const end of ["_sum", "_count"]) known.set(`${name}${end}`, labels);
    }
  }
  return (metric) => {
    const labels = known.get(metric);
    return labels && [...labels, ...TARGET_LABELS];
  };
}
