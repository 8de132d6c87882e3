import { type Failure, FAILURE_CODES } from "@asya/protocol";
import { countInBatches, type Logger, type Metrics, traceFields } from "@asya/program";
import type { Clock, TransportEvent } from "@asya/transport";
import { BusyTime } from "./busy_time.ts";
import { createMeasuresCounter } from "./count_measures.ts";
import { registerCustomMetrics } from "./custom_metrics.ts";
import type { AboutWork, Emit, Event } from "./events.ts";
import type { CallMeasures } from "./host.ts";
import { createMeasuresLog } from "./log_measures.ts";
import type { CustomMetric } from "./parse_custom_metrics.ts";
import type { Policy } from "./policy.ts";
import {
  createSidecarMetrics,
  type FAILURE_REASONS,
  type MESSAGE_TYPES,
  type SidecarMetrics,
} from "./sidecar_metrics.ts";

/** What events are turned into, and what stays the same in all of them. */
export interface TelemetryParts {
  readonly log: Logger;
  /** Where to count; absent when metrics are switched off. */
  readonly metrics?: Metrics | undefined;
  readonly customMetrics: readonly CustomMetric[];
  readonly policy: Policy;
  /** The transport's name. */
  readonly transport: string;
  readonly clock: Clock;
}

/** Lines of one kind that may come with every message are at least this far apart. */
const RARELY_MS = 10_000;

/** Events that are counted together. */
const EVENTS_AT_A_TIME = 256;

/** Codes that hosts made up get series of their own only up to this many. */
const MAX_FOREIGN_CODES = 50;

/**
 * Creates the one taker of events: it counts them and writes log lines.
 *
 * @param parts where to count and to write
 */
export function createTelemetry(parts: TelemetryParts): Emit {
  const log = createLogTaker(parts);
  if (!parts.metrics) return log;
  const { policy, transport, clock } = parts;
  const metrics = createSidecarMetrics(parts.metrics, policy, transport);
  const countMeasures = createMeasuresCounter(
    metrics,
    registerCustomMetrics(parts.metrics, parts.customMetrics),
    policy.queue,
  );
  const count = createCountTaker(metrics, countMeasures, policy, transport);
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

function createCountTaker(
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

function createLogTaker({ log, clock, customMetrics }: TelemetryParts): Emit {
  const rarely = createRarely(log, clock);
  const logMeasures = createMeasuresLog(log, customMetrics);
  // Runtime and sidecar are started together: one that was never there is no reason to worry.
  let wasHostReady = false;
  return (event) => {
    switch (event.kind) {
      case "started":
        return log.info("started", fieldsOf(event));
      case "transport":
        return logTransport(log, rarely, event.event);
      case "host_ready":
        wasHostReady = true;
        return log.info("the runtime is ready", fieldsOf(event));
      case "host_away":
        return wasHostReady
          ? log.warn("the runtime is away", fieldsOf(event))
          : log.info("the runtime is not there yet", fieldsOf(event));
      case "long_holds":
        return log.warn("a message may be held for longer than the broker allows", {
          ...fieldsOf(event),
          advice: "shorten ASYA_RUNTIME_TIMEOUT, lower ASYA_RABBITMQ_PREFETCH to the concurrency " +
            "of the runtime, or raise the broker's consumer_timeout",
        });
      case "runtime_died":
        return log.warn("the runtime died during calls", fieldsOf(event));
      case "consuming":
        return log.info("messages are taken", fieldsOf(event));
      case "paused":
        return log.info("no messages are taken while the runtime is away");
      case "consume_failed":
        return rarely(event.kind, "the queue cannot be consumed from", fieldsOf(event));
      case "foreign_step":
        return rarely(
          event.kind,
          "a message names another step than this queue's",
          fieldsOf(event),
        );
      case "sent":
      case "received":
      case "settled":
        return;
      case "called":
        return log.debug("the handler was called", fieldsOf(event));
      case "measured":
        logMeasures(event);
        return event.dropped + event.refused > 0
          ? rarely(event.kind, "measures of the handler's were dropped", {
            dropped: event.dropped,
            malformed: event.refused,
          })
          : undefined;
      case "send_failed":
        return rarely(event.kind, "a publish was not confirmed and is repeated", fieldsOf(event));
      case "processed":
        return log.debug("a message was processed", fieldsOf(event));
      case "failed":
        return log.warn("a message failed", failedFields(event));
      case "resent": {
        const { jobId, traceparent, why, failure } = event;
        const said = {
          job_id: jobId,
          ...traceFields(traceparent),
          why,
          ...(failure && { code: failure.code, failure: failure.message }),
        };
        return why === "runtime_died"
          ? log.warn("a message goes back to its queue to be tried again", said)
          : rarely(why, "a message goes back to its queue", said);
      }
      case "dropped":
        return log.info("a message was acknowledged without work", fieldsOf(event));
      case "abandoned":
        return log.warn("a message is left to the transport");
      case "inactive":
        return log.info("nobody waits for some jobs any more", fieldsOf(event));
      case "gateway_away":
        return log.warn("the gateway takes no progress", fieldsOf(event));
      case "gateway_back":
        return log.info("the gateway takes progress again");
      case "chunks_awaited":
        return event.outcome === "late"
          ? rarely(event.kind, "a message went on before its chunks arrived", {})
          : undefined;
      case "progress_dropped":
        return rarely(event.why, "progress reports were dropped", fieldsOf(event));
      case "draining":
        return log.info("draining", fieldsOf(event));
      case "drained":
        return log.info("drained", fieldsOf(event));
    }
  };
}

/** What an event says, with the names that messages have on the wire. */
function fieldsOf(event: Event): Record<string, unknown> {
  const { kind: _, jobId, traceparent, ...fields }: Event & Partial<AboutWork> = event;
  return { ...(jobId !== undefined && { job_id: jobId }), ...traceFields(traceparent), ...fields };
}

function logTransport(log: Logger, rarely: Rarely, event: TransportEvent): void {
  const { kind, ...fields } = event;
  switch (kind) {
    case "connected":
      return log.info("connected to the broker");
    case "disconnected":
      return log.warn("the connection to the broker is lost", fields);
    case "queue_used_as_is":
      return log.warn("a queue exists otherwise and is used as it is", fields);
    case "queue_refused":
      return log.error("the broker refuses a queue; trying again", fields);
    case "consumer_ended":
      return log.warn("the broker ended a consumer; it begins again", fields);
    case "publisher_ended":
      return rarely(kind, "the broker ended a publisher; another one takes its place", fields);
    case "blocked":
      return log.warn("the broker takes no messages until it has room again", fields);
    case "unblocked":
      return log.info("the broker takes messages again");
    case "hold_lost":
      return rarely(kind, "a message was taken away before it was settled", fields);
    case "polling":
      return log.warn("messages are found by polling", fields);
  }
}

/** Warns of what may come with every message. */
type Rarely = (kind: string, message: string, fields: Record<string, unknown>) => void;

/** Warns at most once in a while about each kind of thing, and says how often it was silent. */
function createRarely(log: Logger, clock: Clock): Rarely {
  const last = new Map<string, { atMs: number; silent: number }>();
  return (kind, message, fields) => {
    const now = clock.elapsed();
    const before = last.get(kind);
    if (before && now - before.atMs < RARELY_MS) {
      before.silent++;
      return;
    }
    last.set(kind, { atMs: now, silent: 0 });
    log.warn(message, before?.silent ? { ...fields, silentlyBefore: before.silent } : fields);
  };
}

function failedFields(
  { jobId, traceparent, failure }: AboutWork & { readonly failure: Failure },
): Record<string, unknown> {
  const { code, message, type, severity, stack } = failure;
  return {
    job_id: jobId,
    ...traceFields(traceparent),
    code,
    failure: message,
    type,
    severity,
    stack,
  };
}

/** A host may make up codes without end; a metric may not have series without end. */
function createErrorTypes(): (code: string) => string {
  const known = new Set<string>(FAILURE_CODES);
  const limit = known.size + MAX_FOREIGN_CODES;
  return (code) => {
    if (!known.has(code) && known.size >= limit) return "other";
    known.add(code);
    return code;
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
