import type { Logger } from "@asya/program";
import { type CustomMeasure, type Refusal, refusalOf, REPORTED_BY } from "./custom_metrics.ts";
import type { CallMeasures } from "../host.ts";
import type { CustomMetric } from "../parse_custom_metrics.ts";

/** What is wrong is said once each, of so many names; who has more wrong has seen enough. */
const MAX_TOLD = 100;

const ADVICE = "declare it: in `metrics` of the actor in mesh.yaml, or in ASYA_CUSTOM_METRICS";

/**
 * Creates what tells an author which metrics of the handler's are not counted, since they are not
 * declared so: once each, with what is declared.
 *
 * @param log where lines go
 * @param custom the metrics that are declared
 */
export function createMeasuresLog(
  log: Logger,
  custom: readonly CustomMetric[],
): (measured: CallMeasures) => void {
  const declared = new Map(custom.map((metric) => [metric.name, metric]));
  const told = new Set<string>();
  const tell = (measure: CustomMeasure) => {
    const metric = declared.get(measure.name);
    const why = refusalOf(measure, metric);
    if (why === undefined) return;
    const what = `${why} ${measure.name}`;
    if (told.has(what) || told.size >= MAX_TOLD) return;
    told.add(what);
    log.warn(...lineOf(why, measure, metric, [...declared.keys()]));
  };
  return ({ measures }) => {
    for (const measure of measures) {
      if (measure.kind !== "generation" && measure.kind !== "stream") tell(measure);
    }
  };
}

function lineOf(
  why: Refusal,
  { name, kind, labels }: CustomMeasure,
  metric: CustomMetric | undefined,
  names: readonly string[],
): [message: string, fields: Record<string, unknown>] {
  switch (why) {
    case "undeclared":
      return ["a metric of the handler's is not declared", {
        name,
        declared: names,
        advice: ADVICE,
      }];
    case "kind": {
      const advice = metric && `report it by ${REPORTED_BY[metric.type]}()`;
      return ["a metric of the handler's is declared as another kind", {
        ...{ name, reported: kind, declared: metric?.type, advice },
      }];
    }
    case "labels":
      return ["a metric of the handler's has labels that are not declared", {
        ...{ name, labels: Object.keys(labels), declared: metric?.labels, advice: ADVICE },
      }];
  }
}
