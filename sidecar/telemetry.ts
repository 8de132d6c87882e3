import { countInBatches, type Metrics } from "@asya/program";
import type { Clock } from "@asya/transport";
import { BusyTime } from "./telemetry/busy_time.ts";
import { createEventCounter } from "./telemetry/count_events.ts";
import { createMeasuresCounter } from "./telemetry/count_measures.ts";
import { registerCustomMetrics } from "./telemetry/custom_metrics.ts";
import type { Emit } from "./events.ts";
import { createEventLog, type EventLogParts } from "./telemetry/log_events.ts";
import type { Policy } from "./policy.ts";
import { createSidecarMetrics, type SidecarMetrics } from "./telemetry/sidecar_metrics.ts";

/** What events are turned into, and what stays the same in all of them. */
export interface TelemetryParts extends EventLogParts {
  /** Where to count; absent when metrics are switched off. */
  readonly metrics?: Metrics | undefined;
  readonly policy: Policy;
  /** The transport's name. */
  readonly transport: string;
}

/** Events that are counted together. */
const EVENTS_AT_A_TIME = 256;

/**
 * Creates the one taker of events: it counts them and writes log lines.
 *
 * @param parts where to count and to write
 */
export function createTelemetry(parts: TelemetryParts): Emit {
  const log = createEventLog(parts);
  if (!parts.metrics) return log;
  const { policy, transport, clock } = parts;
  const metrics = createSidecarMetrics(parts.metrics, policy, transport);
  const countMeasures = createMeasuresCounter(
    metrics,
    registerCustomMetrics(parts.metrics, parts.customMetrics),
    policy.queue,
  );
  const count = createEventCounter(metrics, countMeasures, policy, transport);
  const countSoon = countInBatches(count, parts.metrics, EVENTS_AT_A_TIME);
  const noteTime = createTimeTaker(metrics, parts.metrics, policy.queue, clock);
  return (event) => {
    noteTime(event);
    countSoon(event);
    log(event);
  };
}

/** Takes the time with and without work: at once, since what is counted later has no time. */
function createTimeTaker(
  { busySeconds, idleSeconds }: SidecarMetrics,
  metrics: Metrics,
  queue: string,
  clock: Clock,
): Emit {
  const time = new BusyTime(clock.elapsed());
  metrics.beforeRender(() => {
    const { busyMs, idleMs } = time.take(clock.elapsed());
    busySeconds.inc({ queue }, busyMs / 1000);
    idleSeconds.inc({ queue }, idleMs / 1000);
  });
  return ({ kind }) => {
    if (kind === "received") time.begin(clock.elapsed());
    else if (kind === "settled") time.end(clock.elapsed());
  };
}
