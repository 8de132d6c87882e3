import type { Failure } from "@asya/protocol";
import { createRarely, type Logger, traceFields } from "@asya/program";
import type { Clock, TransportEvent } from "@asya/transport";
import type { AboutWork, Emit, Event } from "../events.ts";
import { createMeasuresLog } from "./log_measures.ts";
import type { CustomMetric } from "../parse_custom_metrics.ts";

/** Lines of one kind that may come with every message are at least this far apart. */
const RARELY_MS = 10_000;

/** What events are written by. */
export interface EventLogParts {
  readonly log: Logger;
  /** The metrics that the handler's author declared. */
  readonly customMetrics: readonly CustomMetric[];
  readonly clock: Clock;
}

/**
 * Creates what writes log lines about events.
 *
 * @param parts where to write
 */
export function createEventLog({ log, clock, customMetrics }: EventLogParts): Emit {
  const rarely = createWarnRarely(log, clock);
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

function logTransport(log: Logger, rarely: WarnRarely, event: TransportEvent): void {
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
type WarnRarely = (kind: string, message: string, fields: Record<string, unknown>) => void;

/** Warns at most once in a while about each kind of thing, and says how often it was silent. */
function createWarnRarely(log: Logger, clock: Clock): WarnRarely {
  const rarely = createRarely(() => clock.elapsed(), RARELY_MS);
  return (kind, message, fields) =>
    rarely(
      kind,
      (skipped) => log.warn(message, skipped ? { ...fields, silentlyBefore: skipped } : fields),
    );
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
