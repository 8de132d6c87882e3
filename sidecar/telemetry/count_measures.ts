import type { Measure, StreamMeasure } from "@asya/protocol";
import { createGenerationCounter } from "./count_generation.ts";
import type { CustomMeasure, Refusal } from "./custom_metrics.ts";
import type { CallMeasures } from "../host.ts";
import { SHORTEST_MS } from "./model_metrics.ts";
import type { SidecarMetrics } from "./sidecar_metrics.ts";

/**
 * Creates what counts all that handlers measure.
 *
 * @param metrics where to count
 * @param countCustom counts a metric of the author's own, or says why it cannot
 * @param queue the actor's queue
 */
export function createMeasuresCounter(
  metrics: SidecarMetrics,
  countCustom: (measure: CustomMeasure) => Refusal | undefined,
  queue: string,
): (measured: CallMeasures) => void {
  const { measuresDropped: dropped } = metrics;
  const countGeneration = createGenerationCounter(metrics.models, queue);
  const countOne = (measure: Measure) => {
    switch (measure.kind) {
      case "generation":
        return countGeneration(measure);
      case "stream":
        return countStream(metrics, measure, queue);
      case "count":
      case "gauge":
      case "observe": {
        const why = countCustom(measure);
        if (why === undefined) return;
        return dropped.inc({ why }, measure.kind === "observe" ? measure.values.length : 1);
      }
    }
  };
  return (measured) => {
    measured.measures.forEach(countOne);
    if (measured.dropped > 0) dropped.inc({ why: "too_many" }, measured.dropped);
    if (measured.refused > 0) dropped.inc({ why: "malformed" }, measured.refused);
  };
}

function countStream(metrics: SidecarMetrics, stream: StreamMeasure, queue: string): void {
  const { firstChunkMs, chunks, durationMs } = stream;
  metrics.streamFirstSeconds.observe({ queue }, firstChunkMs / 1000);
  metrics.streamChunks.inc({ queue }, chunks);
  if (durationMs < SHORTEST_MS) return;
  metrics.streamChunksPerSecond.observe({ queue }, chunks / (durationMs / 1000));
}
