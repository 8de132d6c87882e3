import { quantile, select, type Selection } from "./promql.ts";
import type { PanelPlan, Query } from "./plan.ts";

/** Words for a gauge that is 1 or 0. */
export const YES_NO: PanelPlan["words"] = { "0": "no", "1": "yes" };

/** Red while it is 0. */
export const RED_AT_ZERO: PanelPlan["thresholds"] = [[0, "red"], [1, "green"]];

/** Red from one on. */
export const RED_FROM_ONE: PanelPlan["thresholds"] = [[1, "red"]];

/** Stands where neither RabbitMQ nor a gateway says what is in queues: not known is not none. */
export const NOT_KNOWN = "not known";

/** Stands where nobody but RabbitMQ could say it. */
export const ONLY_RABBITMQ = "not known without RabbitMQ";

/**
 * The median, and what 95 and 99 of 100 stay below.
 *
 * @param histogram its name, without `_bucket`
 * @param name stands before each in the legend
 */
export function quantiles(histogram: string, selection: Selection = {}, name = ""): Query[] {
  return [.5, .95, .99].map((share) => ({
    expr: quantile(share, histogram, selection),
    legend: `${name}p${share * 100}`,
  }));
}

/** How much memory each process of some has. */
export function memoryPanel(metric: string, where?: string): PanelPlan {
  return {
    kind: "timeseries",
    title: "Memory",
    description: "Resident memory of each process. One that only rises is a leak.",
    unit: "bytes",
    width: 12,
    queries: [{
      expr: `${select("process_resident_memory_bytes")} and on (cluster, namespace, instance) ${
        select(metric, where)
      }`,
      legend: "{{pod}} {{instance}}",
    }],
  };
}
