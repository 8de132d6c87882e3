import {
  countInBatches,
  createRarely,
  type Logger,
  type Metrics,
  type Rarely,
  traceFields,
} from "@asya/program";
import type { Clock, TransportEvent } from "@asya/transport";
import { createAudit } from "./auth/audit.ts";
import type { KeysEvent } from "./auth/key_set.ts";
import type { Emit } from "./event.ts";
import { createCounter } from "./gateway_metrics.ts";
import { isStoreError } from "./stores/store_error.ts";
import type { StoreEvent } from "./stores/store_event.ts";

/** What events are turned into. */
export interface TelemetryParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Lines of one kind that may come with every request are at least this far apart. */
const RARELY_MS = 10_000;

/** Events that are counted together. */
const EVENTS_AT_A_TIME = 512;

/**
 * Creates the one taker of events: it counts them and writes log lines.
 *
 * @param parts where to count and to write
 */
export function createTelemetry(parts: TelemetryParts): Emit {
  const count = countInBatches(
    createCounter(parts.metrics, parts.clock),
    parts.metrics,
    EVENTS_AT_A_TIME,
  );
  const write = createWriter(parts.log, parts.clock);
  return (event) => {
    count(event);
    write(event);
  };
}

function createWriter(log: Logger, clock: Clock): Emit {
  const rarely = createRarely(() => clock.elapsed(), RARELY_MS);
  const audit = createAudit(log, clock);
  return (event) => {
    switch (event.kind) {
      case "listening":
        return log.info("listening", { url: event.url });
      case "connections_refused":
        return rarely(
          "connections",
          (skipped) =>
            log.error("no connection can be taken; all are closed, and we listen again", {
              error: event.error,
              skipped,
            }),
        );
      case "open_to_all":
        return log.warn("everybody who reaches this address may call; set ASYA_AUTH", {
          host: event.host,
        });
      case "reports_open":
        return log.warn("whoever reports for an actor is believed; set ASYA_INTERNAL_TOKEN");
      case "jobs_in_memory":
        return log.warn("jobs are kept in memory and end with this process; set ASYA_DATABASE_URL");
      case "tools_loaded":
        return log.info("tools are loaded", { count: event.names.length });
      case "tools_refused":
        return log.error("the tools file is bad; the tools stay as they were", {
          problems: event.problems,
        });
      case "request": {
        const { traceparent, ...request } = event;
        return log.debug("request", { ...request, ...traceFields(traceparent) });
      }
      case "denied":
        return audit.write(event);
      case "request_failed": {
        const { route, error, traceparent } = event;
        const fields = { route, error, ...traceFields(traceparent) };
        if (!isStoreError(error)) return log.error("a request failed", fields);
        // A store that is away fails them all.
        return rarely(
          "request",
          (skipped) => log.error("a request failed", { ...fields, skipped }),
        );
      }
      case "store_failed":
        return rarely(
          `store ${event.doing}`,
          (skipped) =>
            log.error("the store failed", { doing: event.doing, error: event.error, skipped }),
        );
      case "queue_missing":
        return log.warn("a job's first queue is not there; waiting for it", { queue: event.queue });
      case "queue_found":
        return log.info("the queue is there", { queue: event.queue });
      case "undeliverable":
        return log.error("jobs failed, since their first queue never came", {
          queue: event.queue,
          count: event.count,
        });
      case "publish_failed":
        return rarely(
          "publish",
          (skipped) =>
            log.warn("messages could not be sent; trying again", { queue: event.queue, skipped }),
        );
      case "jobs_deleted":
        return log.debug("finished jobs were deleted", { count: event.count });
      case "letter_replayed": {
        const { letter, jobId, newJobId, by, traceparent } = event;
        const fields = { letter, jobId, newJobId, by, ...traceFields(traceparent) };
        return log.info("a dead letter was replayed", fields);
      }
      case "letter_purged": {
        const { letter, jobId, by, traceparent } = event;
        const fields = { letter, jobId, by, ...traceFields(traceparent) };
        return log.info("a dead letter was purged", fields);
      }
      case "transport":
        return writeTransport(log, rarely, event.event);
      case "store":
        return writeStore(log, event.event);
      case "keys":
        return writeKeys(log, rarely, event.event);
      case "draining":
        return log.info("stopping", { signal: event.signal });
      case "stopped":
        audit.flush();
        return log.info("stopped");
      // What comes with every call or report, or all the time, is counted, not written.
      case "store_used":
      case "counted":
      case "publish_answered":
      case "loop_measured":
      case "call_refused":
      case "call_repeated":
      case "job_created":
      case "job_started":
      case "job_ended":
      case "step_completed":
      case "step_failed":
      case "queues_seen":
      case "report":
      case "stream_opened":
      case "stream_closed":
      case "published":
        return;
    }
  };
}

function writeTransport(log: Logger, rarely: Rarely, event: TransportEvent): void {
  switch (event.kind) {
    case "connected":
      return log.info("the broker is connected");
    case "disconnected":
      return log.warn("the broker is away", { reason: event.reason, retryInMs: event.retryInMs });
    case "queue_used_as_is":
      return log.warn("a queue is used as it is", { queue: event.queue, reason: event.reason });
    case "queue_refused":
      return log.error("the broker refuses a queue", { queue: event.queue, reason: event.reason });
    case "consumer_ended":
      return log.warn("the broker ended a consumer", { queue: event.queue, reason: event.reason });
    case "publisher_ended":
      return rarely(
        "publisher",
        (skipped) =>
          log.warn("the broker ended a publisher; another one takes its place", {
            reason: event.reason,
            skipped,
          }),
      );
    case "blocked":
      return log.warn("the broker takes no messages until it has room", { reason: event.reason });
    case "unblocked":
      return log.info("the broker takes messages again");
    case "hold_lost":
      return log.warn("a message was taken over by others", { queue: event.queue });
    case "polling":
      return log.warn("looking for messages instead of being woken", { reason: event.reason });
  }
}

function writeKeys(log: Logger, rarely: Rarely, event: KeysEvent): void {
  switch (event.kind) {
    case "loaded":
      return log.info("the keys of callers' tokens are read", { count: event.count });
    case "away":
      return rarely(
        "keys",
        (skipped) =>
          log.warn("the keys of callers' tokens cannot be read", {
            reason: event.reason,
            skipped,
          }),
      );
  }
}

function writeStore(log: Logger, event: StoreEvent): void {
  switch (event.kind) {
    case "connected":
      return log.info("the database is connected");
    case "disconnected":
      return log.warn("the database is away", {
        reason: event.reason,
        retryInMs: event.retryInMs,
      });
    case "migrated":
      return log.info("the database was migrated", { version: event.version, name: event.name });
    case "leading":
      return log.info("this gateway looks after deadlines and old jobs");
    case "clock_differs":
      return log.warn("this machine's clock is not the database's, which all gateways go by", {
        aheadMs: event.aheadMs,
      });
    case "led_by_another":
      return log.info("another gateway looks after deadlines and old jobs");
  }
}
