import type { PanelPlan, Queries } from "./plan.ts";
import { keepProcesses, quantile, select, type Selection } from "./promql.ts";

/** What a panel says of itself; it has the width of most of its kind, where it names none. */
type PanelContent = Omit<PanelPlan, "kind" | "title" | "width"> & Partial<Pick<PanelPlan, "width">>;

/** Lines over time; three beside each other. */
export function lines(title: string, content: PanelContent): PanelPlan {
  return { kind: "timeseries", title, width: 8, ...content };
}

/** The latest number of each query; six beside each other. */
export function stat(title: string, content: PanelContent): PanelPlan {
  return { kind: "stat", title, width: 4, ...content };
}

/** The latest numbers, with their labels as columns; two beside each other. */
export function table(title: string, content: PanelContent): PanelPlan {
  return { kind: "table", title, width: 12, ...content };
}

/** A gauge that is 1 or 0, in words; red while it is 0. */
export function yesNo(title: string, content: Omit<PanelContent, "unit">): PanelPlan {
  return stat(title, {
    unit: "short",
    words: { "0": "no", "1": "yes" },
    thresholds: [[0, "red"], [1, "green"]],
    ...content,
  });
}

/**
 * How much memory each process of some has.
 *
 * @param metric one that they have and others have not
 * @param where which of its series are meant, as a matcher
 */
export function memoryPanel(metric: string, where?: string): PanelPlan {
  const memory = select("process_resident_memory_bytes");
  return lines("Memory", {
    description: "Resident memory of each process. One that only rises is a leak.",
    unit: "bytes",
    width: 12,
    queries: { "{{pod}} {{instance}}": keepProcesses(memory, select(metric, where)) },
  });
}

/**
 * The median, and what 95 and 99 of 100 stay below.
 *
 * @param histogram its name, without `_bucket`
 */
export function quantiles(histogram: string, selection: Selection = {}): Queries {
  return {
    p50: quantile(.5, histogram, selection),
    p95: quantile(.95, histogram, selection),
    p99: quantile(.99, histogram, selection),
  };
}

/** Red from one on. */
export const RED_FROM_ONE: PanelPlan["thresholds"] = [[1, "red"]];

/** Of a share that fails: a few of 100 are too many. */
export const FEW_FAIL: PanelPlan["thresholds"] = [[.01, "yellow"], [.05, "red"]];

/** Of a share that ends well: nearly all should. */
export const MOST_END_WELL: PanelPlan["thresholds"] = [[0, "red"], [.9, "yellow"], [.99, "green"]];

/** Stands where neither RabbitMQ nor a gateway says what is in queues: not known is not none. */
export const NOT_KNOWN = "not known";

/** Stands where nobody but RabbitMQ could say it. */
export const ONLY_RABBITMQ = "not known without RabbitMQ";
