import type { Logger } from "@asya/program/log";
import { traceFields } from "@asya/program/trace";
import type { AboutCall, Event } from "./event.ts";

/**
 * Writes an event as a log line. This is the one place where events become words.
 *
 * @param log where lines go
 * @param event what happened
 */
export function reportEvent(log: Logger, event: Event): void {
  const { kind, jobId, traceparent, ...rest }: Event & Partial<AboutCall> = event;
  // By the names that they have on the wire.
  const about = { ...(jobId !== undefined && { job_id: jobId }), ...traceFields(traceparent) };
  const fields = { ...rest, ...about };
  switch (kind) {
    case "load_failed":
      return log.error("the handler cannot be made ready", fields);
    case "host_ready":
      return log.info("handler is ready", fields);
    case "host_draining":
      return log.info("finishing calls, then ending", fields);
    case "host_recycling":
      return log.warn("beginning anew, since a handler cannot be stopped", fields);
    case "error_unhandled":
      return log.error("the handler left an error behind that nobody handles", fields);
    case "close_failed":
      return log.error("the handler could not be closed", fields);
    case "peer_refused":
      return log.warn("a peer sent what cannot be read", fields);
    case "accept_failed":
      return log.error("a connection cannot be accepted", fields);
    case "call_slow":
      return log.warn("a call takes long", fields);
    case "call_abandoned":
      return log.error("a handler did not stop when it was told to", fields);
    case "tracing_unavailable":
      return log.warn("no traces are made, since OpenTelemetry's library is missing", fields);
    case "child_started":
      return log.debug("handler process started", fields);
    case "child_ended":
      return log.error("handler process ended", fields);
    case "child_killed":
      return log.error("handler process had to be killed", fields);
    case "child_restarting":
      return log.info("starting the handler process again", fields);
    case "orphan_found":
      return log.warn("a handler process without supervisor is ended", fields);
    case "memory_limit_unknown":
      return log.warn("the memory limit is not known; ASYA_MAX_HEAP_MB sets it", fields);
  }
}
