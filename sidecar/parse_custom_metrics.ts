import { isLabelName, isMetricName } from "@asya/protocol";

/** A metric that an actor's author named. */
export interface CustomMetric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, rising. */
  readonly buckets: readonly number[];
}

/** The metrics, or what is wrong with the first that is none. */
export type ParsedCustomMetrics =
  | { readonly ok: true; readonly value: readonly CustomMetric[] }
  | { readonly ok: false; readonly problem: string };

const TYPES = ["counter", "gauge", "histogram"] as const;

/** Buckets of a histogram that names none: Prometheus' own. */
const DEFAULT_BUCKETS = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

/**
 * Reads the metrics that an actor's author named:
 * `[{name, type: counter|gauge|histogram, help?, labels?, buckets?}]`.
 *
 * @param value parsed JSON
 * @example
 * ```ts
 * import { parseCustomMetrics } from "./parse_custom_metrics.ts";
 * import assert from "node:assert/strict";
 *
 * const parsed = parseCustomMetrics([{ name: "pages_total", type: "counter" }]);
 * assert.equal(parsed.ok && parsed.value[0]?.help, "pages_total");
 * assert.equal(parseCustomMetrics([{ name: "2 pages", type: "counter" }]).ok, false);
 * ```
 */
export function parseCustomMetrics(value: unknown): ParsedCustomMetrics {
  if (!Array.isArray(value)) return refuse("it is not a list");
  const metrics: CustomMetric[] = [];
  for (const [index, item] of value.entries()) {
    const metric = parseOne(item);
    if (typeof metric === "string") return refuse(`[${index}]: ${metric}`);
    if (metrics.some(({ name }) => name === metric.name)) {
      return refuse(`[${index}]: the name ${metric.name} is there twice`);
    }
    metrics.push(metric);
  }
  return { ok: true, value: metrics };
}

function parseOne(value: unknown): CustomMetric | string {
  if (typeof value !== "object" || value === null) return "it is not an object";
  const { name, type, help = name, labels = [], buckets = DEFAULT_BUCKETS } = value as Record<
    string,
    unknown
  >;
  if (!isMetricName(name)) return "name is not a metric's name ([a-zA-Z_:][a-zA-Z0-9_:]*)";
  const known = TYPES.find((word) => word === type);
  if (!known) return `type is not ${TYPES.join(", ")}`;
  if (typeof help !== "string") return "help is not text";
  if (!Array.isArray(labels) || !labels.every(isLabelName)) return "labels is not a list of names";
  if (labels.includes("le")) return "labels has le, which is a histogram's own";
  if (!isRising(buckets)) return "buckets is not a list of rising numbers";
  return { name, type: known, help, labels, buckets };
}

function isRising(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((bound, index) =>
      typeof bound === "number" && (index === 0 || bound > value[index - 1])
    );
}

function refuse(problem: string): ParsedCustomMetrics {
  return { ok: false, problem };
}
