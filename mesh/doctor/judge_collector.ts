import { type Collector, showCollector } from "../plan/collector.ts";
import { type Finding, finding, ok } from "./finding.ts";

/** What a collector answered, or why nobody did. */
export type CollectorAnswer = { readonly status: number } | { readonly reason: string };

const CHECK = "traces";

/**
 * Judges the place that traces go to.
 *
 * @param collector where it is
 * @param answer what it said to no spans at all
 */
export function judgeCollector(collector: Collector, answer: CollectorAnswer): Finding[] {
  const shown = showCollector(collector);
  if ("status" in answer && answer.status < 300) return [ok(CHECK, `${shown} takes them`)];
  const what = "status" in answer
    ? `${shown} answers ${answer.status} to OpenTelemetry's OTLP`
    : `nobody answers at ${shown}: ${answer.reason}`;
  return [finding(
    CHECK,
    "warning",
    what,
    "traces, metrics and log lines of the mesh are lost; all else works",
    "start a collector there, or correct OTEL_EXPORTER_OTLP_ENDPOINT, or unset it",
  )];
}
