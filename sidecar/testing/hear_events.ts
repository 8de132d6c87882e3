import { createLogger, createMetrics } from "@asya/program";
import type { Emit } from "../events.ts";
import type { CustomMetric } from "../parse_custom_metrics.ts";
import { createTelemetry } from "../telemetry.ts";
import { FakeClock } from "./fake_clock.ts";
import { samplePolicy } from "./samples.ts";

/** What becomes of events: log lines and metrics. */
export interface Heard {
  readonly emit: Emit;
  /** Every log line so far. */
  readonly lines: readonly Record<string, unknown>[];
  readonly clock: FakeClock;
  /** Renders all metrics, as `/metrics` has them. */
  readonly render: () => Promise<string>;
}

/**
 * Takes events as a sidecar does, on the queue `ocr`.
 *
 * @param customMetrics the metrics that the handler's author declared
 */
export async function hearEvents(customMetrics: readonly CustomMetric[] = []): Promise<Heard> {
  const lines: Record<string, unknown>[] = [];
  const clock = new FakeClock();
  const metrics = await createMetrics({ namespace: "asya_actor" });
  const emit = createTelemetry({
    log: createLogger({
      program: "sidecar",
      level: "DEBUG",
      format: "json",
      write: (line) => lines.push(JSON.parse(line)),
    }),
    metrics,
    customMetrics,
    policy: samplePolicy(),
    transport: "sqlite",
    clock,
  });
  return { emit, lines, clock, render: () => metrics.render() };
}
