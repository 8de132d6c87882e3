import type { Metrics } from "@asya/program";
import type { JobEnd } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { DENIALS } from "./auth/denial.ts";
import { createStoreCounter, createTransportCounter } from "./connection_metrics.ts";
import type { Emit } from "./event.ts";
import { COUNTED_STATUSES, type CountedStatus } from "./jobs/census.ts";
import { createQueueGauge } from "./queue_metrics.ts";
import { STORE_OPERATIONS } from "./stores/store_operation.ts";

/** Upper bounds of times within one process, in seconds. */
const FAST_BUCKETS = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

/** Upper bounds of times that jobs take, in seconds. */
const SLOW_BUCKETS = [.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600];

/** How jobs end. */
const ENDS: readonly (readonly [CountedStatus, JobEnd])[] = [
  ["Succeeded", "report"],
  ["Failed", "report"],
  ["Failed", "cancel"],
  ["Failed", "deadline"],
  ["Failed", "undeliverable"],
];

/**
 * Registers a gateway's metrics.
 *
 * @param metrics where they are kept
 * @param clock tells what time it is
 * @returns a taker of events that counts them
 */
export function createCounter(metrics: Metrics, clock: Pick<Clock, "now">): Emit {
  const requests = metrics.histogram({
    name: "request_duration_seconds",
    help: "time until the answer to a request began, by its route and the answer's status",
    labels: { route: [], status: [] },
    buckets: FAST_BUCKETS,
  });
  const refused = metrics.counter({
    name: "connections_refused_total",
    help: "times that the system gave us no further connection, and all were closed",
    labels: {},
  });
  const denied = metrics.counter({
    name: "requests_denied_total",
    help: "requests that were turned away, by what was wrong with them",
    labels: { reason: DENIALS },
  });
  const requestsFailed = metrics.counter({
    name: "requests_failed_total",
    help: "requests that could not be answered",
    labels: {},
  });
  const callsRefused = metrics.counter({
    name: "calls_refused_total",
    help: "calls that made no job, by the reason",
    labels: { reason: ["unknown_tool", "arguments", "too_large", "full", "key_reused"] },
  });
  const callsRepeated = metrics.counter({
    name: "calls_repeated_total",
    help: "calls that were answered with the job that their idempotency key had, by tool",
    labels: { tool: [] },
  });
  const jobs = metrics.gauge({
    name: "jobs",
    help:
      "jobs in the store, by status; up to 50000 of each are counted, by one gateway of several",
    labels: { status: COUNTED_STATUSES },
  });
  const jobsCreated = metrics.counter({
    name: "jobs_created_total",
    help: "jobs that were made, by tool",
    labels: { tool: [] },
  });
  const jobsEnded = metrics.counter({
    name: "jobs_ended_total",
    help: "jobs that ended, by tool, status and what ended them",
    labels: { tool: [], status: [], by: [] },
  });
  const firstStep = metrics.histogram({
    name: "job_first_step_seconds",
    help: "time from a job's creation to the first report about it",
    labels: { tool: [] },
    buckets: SLOW_BUCKETS,
  });
  const duration = metrics.histogram({
    name: "job_duration_seconds",
    help: "time from a job's creation to its end",
    labels: { tool: [], status: [] },
    buckets: SLOW_BUCKETS,
  });
  const jobsDeleted = metrics.counter({
    name: "jobs_deleted_total",
    help: "finished jobs that were deleted",
    labels: {},
  });
  const letters = metrics.counter({
    name: "dead_letters_total",
    help: "dead letters that somebody was done with, by what became of them",
    labels: { became: ["replayed", "purged"] },
  });
  const reports = metrics.counter({
    name: "reports_total",
    help: "reports of actors, by kind and what became of them",
    labels: {
      report: ["progress", "heartbeat", "final"],
      outcome: ["applied", "ignored", "unknown_job", "invalid"],
    },
  });
  const streams = metrics.gauge({
    name: "streams_open",
    help: "streams of updates that are open",
    labels: {},
  });
  const streamsOpened = metrics.counter({
    name: "streams_opened_total",
    help: "streams of updates that were opened",
    labels: {},
  });
  const unsent = metrics.gauge({
    name: "outbox_messages",
    help: "messages that are to be sent, up to 50000; counted by one gateway of several",
    labels: {},
  });
  const oldestUnsent = metrics.gauge({
    name: "outbox_oldest_seconds",
    help: "age of the oldest of them",
    labels: {},
  });
  const publishing = metrics.histogram({
    name: "publish_duration_seconds",
    help: "time until the broker has answered for a batch of messages",
    labels: {},
    buckets: FAST_BUCKETS,
  });
  const published = metrics.counter({
    name: "messages_published_total",
    help: "first messages of jobs that their queue has confirmed",
    labels: {},
  });
  const lag = metrics.histogram({
    name: "publish_lag_seconds",
    help:
      "time from the storing of a job to the confirmation of its message, the oldest of a batch",
    labels: {},
    buckets: FAST_BUCKETS,
  });
  const publishFailed = metrics.counter({
    name: "publish_failures_total",
    help: "tries to send to a queue that failed, by the reason",
    labels: { reason: ["missing", "failed"] },
  });
  const undeliverable = metrics.counter({
    name: "jobs_undeliverable_total",
    help: "jobs that failed since their first queue never came",
    labels: {},
  });
  const storing = metrics.histogram({
    name: "store_duration_seconds",
    help: "time that the store took, by what it was asked",
    labels: { operation: STORE_OPERATIONS },
    buckets: FAST_BUCKETS,
  });
  const storingFailed = metrics.counter({
    name: "store_operation_failures_total",
    help: "what the store could not do, by what it was asked",
    labels: { operation: STORE_OPERATIONS },
  });
  const loopLag = metrics.histogram({
    name: "event_loop_lag_seconds",
    help: "how late timers are, measured twice a second; for so long, requests wait as well",
    labels: {},
    buckets: FAST_BUCKETS,
  });
  const storeFailed = metrics.counter({
    name: "store_failures_total",
    help: "failures of the store outside of requests",
    labels: {},
  });
  const tools = metrics.gauge({
    name: "tools",
    help: "tools that can be called",
    labels: {},
  });
  const lastReload = metrics.gauge({
    name: "config_last_reload_successful",
    help: "1 while the tools are those of their file, 0 since it was bad",
    labels: {},
  });
  const lastGoodReload = metrics.gauge({
    name: "config_last_reload_success_timestamp_seconds",
    help: "when the tools were last taken from their file, in seconds since the unix epoch",
    labels: {},
  });
  const toolsRefused = metrics.counter({
    name: "tools_refused_total",
    help: "tools files that were bad and not taken",
    labels: {},
  });
  const keysRead = metrics.counter({
    name: "token_keys_total",
    help: "how often other keys of callers' tokens were read, and how often they could not be",
    labels: { outcome: ["loaded", "away"] },
  });
  const showQueues = createQueueGauge(metrics);
  const countTransport = createTransportCounter(metrics);
  const countStore = createStoreCounter(metrics);

  return (event) => {
    switch (event.kind) {
      case "request":
        return requests.observe(
          { route: event.route, status: String(event.status) },
          event.ms / 1_000,
        );
      case "connections_refused":
        return refused.inc({});
      case "denied":
        return denied.inc({ reason: event.reason });
      case "request_failed":
        return requestsFailed.inc({});
      case "call_refused":
        return callsRefused.inc({ reason: event.reason });
      case "call_repeated":
        return callsRepeated.inc({ tool: event.tool });
      case "job_created":
        return jobsCreated.inc({ tool: event.tool });
      case "job_started":
        return firstStep.observe({ tool: event.tool }, event.afterMs / 1_000);
      case "job_ended": {
        const { tool, status, by, afterMs } = event;
        jobsEnded.inc({ tool, status, by });
        return duration.observe({ tool, status }, afterMs / 1_000);
      }
      case "jobs_deleted":
        return jobsDeleted.inc({}, event.count);
      case "letter_replayed":
        return letters.inc({ became: "replayed" });
      case "letter_purged":
        return letters.inc({ became: "purged" });
      case "report":
        return reports.inc({ report: event.report, outcome: event.outcome });
      case "store_used": {
        const { operation, ok, ms } = event;
        return ok ? storing.observe({ operation }, ms / 1_000) : storingFailed.inc({ operation });
      }
      case "counted": {
        const { census } = event;
        for (const status of COUNTED_STATUSES) jobs.set({ status }, census?.jobs[status] ?? 0);
        unsent.set({}, census?.unsent ?? 0);
        const since = census?.oldestUnsentAt;
        const ageMs = since === undefined ? 0 : clock.now() - Date.parse(since);
        return oldestUnsent.set({}, Math.max(0, ageMs / 1_000));
      }
      case "publish_answered":
        return publishing.observe({}, event.ms / 1_000);
      case "loop_measured":
        return loopLag.observe({}, event.lateMs / 1_000);
      case "stream_opened":
        streamsOpened.inc({});
        return streams.add({}, 1);
      case "stream_closed":
        return streams.add({}, -1);
      case "published":
        published.inc({}, event.count);
        return lag.observe({}, event.lagMs / 1_000);
      case "queue_missing":
        return publishFailed.inc({ reason: "missing" });
      case "publish_failed":
        return publishFailed.inc({ reason: "failed" });
      case "undeliverable":
        return undeliverable.inc({}, event.count);
      case "store_failed":
        return storeFailed.inc({});
      case "tools_loaded":
        tools.set({}, event.names.length);
        for (const tool of event.names) {
          jobsCreated.inc({ tool }, 0);
          callsRepeated.inc({ tool }, 0);
          for (const [status, by] of ENDS) jobsEnded.inc({ tool, status, by }, 0);
        }
        lastReload.set({}, 1);
        return lastGoodReload.set({}, event.atMs / 1_000);
      case "tools_refused":
        lastReload.set({}, 0);
        return toolsRefused.inc({});
      case "queues_seen":
        return showQueues(event.waiting);
      case "transport":
        // Without the broker, what waits is not known.
        if (event.event.kind === "disconnected") showQueues(new Map());
        return countTransport(event.event);
      case "store":
        return countStore(event.event);
      case "keys":
        return keysRead.inc({ outcome: event.event.kind });
      // Names of steps are whatever reports say: too many for labels.
      case "step_completed":
      case "step_failed":
      case "listening":
      case "open_to_all":
      case "jobs_in_memory":
      case "reports_open":
      case "queue_found":
      case "draining":
      case "stopped":
        return;
    }
  };
}
