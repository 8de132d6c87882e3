import { type Failure, FAILURE_CODES } from "@asya/protocol";
import type { TransportEvent } from "@asya/transport";
import type { Emit } from "../events.ts";
import type { CallMeasures } from "../host.ts";
import { limitSeries } from "./limit_series.ts";
import type { Policy } from "../policy.ts";
import type { FAILURE_REASONS, MESSAGE_TYPES, SidecarMetrics } from "./sidecar_metrics.ts";

/** Codes that hosts made up get series of their own only up to this many. */
const MAX_FOREIGN_CODES = 50;

/**
 * Creates what counts events.
 *
 * @param metrics where to count
 * @param countMeasures counts what handlers measure
 * @param policy whose events they are
 * @param transport the transport's name
 */
export function createEventCounter(
  metrics: SidecarMetrics,
  countMeasures: (measured: CallMeasures) => void,
  policy: Policy,
  transport: string,
): Emit {
  const { queue } = policy;
  const errorType = createErrorTypes();
  return (event) => {
    switch (event.kind) {
      case "received":
        metrics.received.inc({ queue, transport });
        metrics.receiveSeconds.observe({ queue, transport }, event.waitMs / 1000);
        metrics.sizeBytes.observe({ direction: "received" }, event.bytes);
        metrics.active.add({}, 1);
        break;
      case "settled":
        metrics.active.add({}, -1);
        break;
      case "called":
        metrics.runtimeSeconds.observe({ queue }, event.durationMs / 1000);
        if (event.errorCode !== undefined) {
          metrics.runtimeErrors.inc({ queue, error_type: errorType(event.errorCode) });
        }
        break;
      case "measured":
        countMeasures(event);
        break;
      case "sent": {
        const { queue: destination_queue, durationMs, bytes } = event;
        metrics.sent.inc({ destination_queue, message_type: typeOf(destination_queue, policy) });
        metrics.sendSeconds.observe({ destination_queue, transport }, durationMs / 1000);
        metrics.sizeBytes.observe({ direction: "sent" }, bytes);
        break;
      }
      case "send_failed": {
        const toErrorEnd = event.queue === policy.errorEnd;
        const reason = toErrorEnd ? "error_queue_send_failed" : "transport_error";
        if (toErrorEnd || event.outcome === "failed") metrics.failed.inc({ queue, reason });
        break;
      }
      case "processed":
        metrics.processed.inc({ queue, status: event.status });
        metrics.processingSeconds.observe({ queue }, event.durationMs / 1000);
        break;
      case "failed":
        metrics.failed.inc({ queue, reason: reasonOf(event.failure) });
        metrics.processingSeconds.observe({ queue }, event.durationMs / 1000);
        break;
      case "progress_dropped":
        metrics.progressDropped.inc({ why: event.why }, event.reports);
        break;
      case "chunks_awaited":
        metrics.chunkWaits.inc({ outcome: event.outcome });
        break;
      case "transport":
        countTransport(metrics, event.event, transport);
        break;
      case "started":
      case "host_ready":
      case "host_away":
      case "long_holds":
      case "runtime_died":
      case "consuming":
      case "paused":
      case "consume_failed":
      case "foreign_step":
      case "resent":
      case "dropped":
      case "abandoned":
      case "inactive":
      case "gateway_away":
      case "gateway_back":
      case "draining":
      case "drained":
        break;
    }
  };
}

function countTransport(metrics: SidecarMetrics, event: TransportEvent, transport: string): void {
  metrics.transportEvents.inc({ transport, event: event.kind });
  switch (event.kind) {
    case "connected":
    case "disconnected":
      metrics.transportConnected.set({ transport }, event.kind === "connected" ? 1 : 0);
      // Whatever the broker held against the connection before went with it.
      return metrics.transportBlocked.set({ transport }, 0);
    case "blocked":
    case "unblocked":
      return metrics.transportBlocked.set({ transport }, event.kind === "blocked" ? 1 : 0);
  }
}

/** A host may make up codes without end; a metric may not have series without end. */
function createErrorTypes(): (code: string) => string {
  const ours = new Set<string>(FAILURE_CODES);
  const limit = limitSeries(MAX_FOREIGN_CODES);
  return (code) => {
    if (ours.has(code)) return code;
    const [shown] = limit([code]);
    return shown;
  };
}

function reasonOf(failure: Failure): (typeof FAILURE_REASONS)[number] {
  switch (failure.code) {
    case "malformed_message":
      return "parse_error";
    case "route_error":
      return "routing_error";
    case "timeout_error":
    case "deadline_exceeded":
      return "timeout";
    default:
      return "runtime_error";
  }
}

function typeOf(queue: string, policy: Policy): (typeof MESSAGE_TYPES)[number] {
  if (queue === policy.happyEnd) return "happy_end";
  return queue === policy.errorEnd ? "error_end" : "routing";
}
