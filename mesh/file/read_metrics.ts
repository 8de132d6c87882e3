import { isLabelName, isMetricName } from "@asya/protocol";
import type { YamlValue } from "./yaml_reader.ts";

/** A metric of a handler's own, as its sidecar takes it in `ASYA_CUSTOM_METRICS`. */
export interface DeclaredMetric {
  /** As handlers call it. */
  readonly name: string;
  /** As Prometheus has it. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What it says, in a sentence. */
  readonly help?: string;
  /** Names of its labels. */
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram's buckets, rising. */
  readonly buckets?: readonly number[];
}

const TYPES = ["counter", "gauge", "histogram"] as const;

const NAME_ALLOWED = "letters, digits, _ and : are allowed, with no digit at the start";

/**
 * Reads the metrics that an actor's handler reports.
 *
 * @param value the value of `metrics`, by name; whatever is wrong is added to its file's problems
 * @example
 * ```ts
 * import { openYaml } from "./yaml_reader.ts";
 * import { readMetrics } from "./read_metrics.ts";
 * import assert from "node:assert/strict";
 * const { root } = openYaml("pages_total: { type: counter, labels: [kind] }");
 * assert.deepEqual(readMetrics(root), [
 *   { name: "pages_total", type: "counter", labels: ["kind"] },
 * ]);
 * ```
 */
export function readMetrics(value: YamlValue): DeclaredMetric[] {
  return (value.entries() ?? []).flatMap(({ name, value: entry }) => {
    if (!isMetricName(name)) {
      entry.refuse(`${entry.path} names no metric; ${NAME_ALLOWED}`);
      return [];
    }
    const metric = readOne(name, entry);
    return metric ? [metric] : [];
  });
}

function readOne(name: string, value: YamlValue): DeclaredMetric | undefined {
  const fields = value.fields(["type", "help", "labels", "buckets"]);
  if (!fields) return undefined;
  const isType = (text: string) => TYPES.find((type) => type === text);
  const type = fields.type?.text(isType, TYPES.join(", "));
  if (!fields.type) value.refuse(`${value.path} has no type; ${TYPES.join(", ")} are allowed`);
  const help = fields.help?.text((text) => text, "a text");
  const isLabel = (text: string) => text !== "le" && isLabelName(text) ? text : undefined;
  const labels = fields.labels?.items()?.map((item) => item.text(isLabel, "the name of a label"));
  const buckets = fields.buckets && readBuckets(fields.buckets);
  if (type !== "histogram" && fields.buckets) {
    fields.buckets.refuse(`${fields.buckets.path} are of a histogram, which ${value.path} is not`);
  }
  if (type === undefined) return undefined;
  return {
    name,
    type,
    ...(help !== undefined && { help }),
    ...(labels && { labels: labels.filter((label) => label !== undefined) }),
    ...(buckets && { buckets }),
  };
}

function readBuckets(value: YamlValue): number[] | undefined {
  const bounds = value.data();
  const isRising = Array.isArray(bounds) && bounds.length > 0 &&
    bounds.every((bound, index) =>
      Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1])
    );
  return isRising ? bounds : value.refuseFor("a list of rising numbers");
}
