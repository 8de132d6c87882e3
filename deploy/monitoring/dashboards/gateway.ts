import { memoryPanel, quantiles, RED_AT_ZERO, YES_NO } from "./panels.ts";
import type { DashboardPlan, RowPlan } from "./plan.ts";
import { quantile, ratio, select, sum, sumRate } from "./promql.ts";
import { UIDS } from "./uids.ts";
import { places, tool } from "./variables.ts";

const TOOL = 'tool=~"$tool"';

const REQUESTS = "asya_gateway_request_duration_seconds";

const glance: RowPlan = {
  title: "At a glance",
  panels: [
    {
      kind: "stat",
      title: "Calls per second",
      description: "Jobs that were made.",
      unit: "ops",
      width: 4,
      queries: [{
        expr: sumRate("asya_gateway_jobs_created_total", { where: TOOL }),
        legend: "calls",
      }],
    },
    {
      kind: "stat",
      title: "Jobs that end well",
      description: "Their share of those that ended.",
      unit: "percentunit",
      max: 1,
      width: 4,
      thresholds: [[0, "red"], [.9, "yellow"], [.99, "green"]],
      queries: [{
        expr: ratio(
          sumRate("asya_gateway_jobs_ended_total", { where: `${TOOL}, status="Succeeded"` }),
          sumRate("asya_gateway_jobs_ended_total", { where: TOOL }),
        ),
        legend: "share",
      }],
    },
    {
      kind: "stat",
      title: "Oldest call that is not sent",
      description: "Calls wait for the broker, or for a queue that is not there.",
      unit: "s",
      width: 4,
      thresholds: [[30, "yellow"], [60, "red"]],
      queries: [{
        expr: `max(${select("asya_gateway_outbox_oldest_seconds")})`,
        legend: "age",
      }],
    },
    {
      kind: "stat",
      title: "All have their broker",
      description: "Whether every gateway is connected to the broker.",
      unit: "short",
      width: 4,
      words: YES_NO,
      thresholds: RED_AT_ZERO,
      queries: [{
        expr: `min(${select("asya_gateway_transport_connected")})`,
        legend: "connected",
      }],
    },
    {
      kind: "stat",
      title: "Tools are as in their file",
      description: "No: the file was changed and is bad; the log says where.",
      unit: "short",
      width: 4,
      words: YES_NO,
      thresholds: RED_AT_ZERO,
      queries: [{
        expr: `min(${select("asya_gateway_config_last_reload_successful")})`,
        legend: "good",
      }],
    },
    {
      kind: "stat",
      title: "Gateways",
      description: "Those that Prometheus reaches.",
      unit: "short",
      width: 4,
      queries: [{ expr: `count(${select("asya_gateway_tools")})`, legend: "gateways" }],
    },
  ],
};

const calls: RowPlan = {
  title: "Calls",
  panels: [
    {
      kind: "timeseries",
      title: "Calls, by tool",
      description: "Jobs that were made, and calls answered with a job that their key had already.",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: sumRate("asya_gateway_jobs_created_total", { by: "tool", where: TOOL }),
          legend: "{{tool}}",
        },
        {
          expr: `${sumRate("asya_gateway_calls_repeated_total", { by: "tool", where: TOOL })} > 0`,
          legend: "{{tool}}, repeated",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Jobs that failed, by tool",
      description: "By what ended them: a report of an actor, a deadline, a cancel, no queue.",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: sumRate("asya_gateway_jobs_ended_total", {
            by: "tool, by",
            where: `${TOOL}, status="Failed"`,
          }),
          legend: "{{tool}} by {{by}}",
        },
        { expr: sumRate("asya_gateway_jobs_undeliverable_total"), legend: "no queue came" },
      ],
    },
    {
      kind: "timeseries",
      title: "Calls that made no job",
      description: "By the reason: bad arguments, an unknown tool, a full gateway.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_gateway_calls_refused_total", { by: "reason" }),
        legend: "{{reason}}",
      }],
    },
    {
      kind: "timeseries",
      title: "From a call to its end",
      description: "Waiting in queues included.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_gateway_job_duration_seconds", { where: TOOL }),
    },
    {
      kind: "timeseries",
      title: "From a call to its end, 95 of 100, by tool",
      description: "Which tool is the slow one.",
      unit: "s",
      width: 8,
      queries: [{
        expr: quantile(.95, "asya_gateway_job_duration_seconds", { by: "tool", where: TOOL }),
        legend: "{{tool}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Until the first step reports, 95 of 100",
      description:
        "How long a call waits for its first actor: the outbox, the queue, a cold start.",
      unit: "s",
      width: 8,
      queries: [{
        expr: quantile(.95, "asya_gateway_job_first_step_seconds", { by: "tool", where: TOOL }),
        legend: "{{tool}}",
      }],
    },
  ],
};

const http: RowPlan = {
  title: "HTTP",
  panels: [
    {
      kind: "timeseries",
      title: "Requests, by route",
      description: "All that were answered.",
      unit: "reqps",
      width: 8,
      queries: [{ expr: sumRate(`${REQUESTS}_count`, { by: "route" }), legend: "{{route}}" }],
    },
    {
      kind: "timeseries",
      title: "Until an answer begins, 95 of 100, by route",
      description: "A stream's answer begins at once, however long it stays open.",
      unit: "s",
      width: 8,
      queries: [{ expr: quantile(.95, REQUESTS, { by: "route" }), legend: "{{route}}" }],
    },
    {
      kind: "timeseries",
      title: "Answers, by status",
      description: "5xx are our fault; 429 is a full gateway or a caller over its rate.",
      unit: "reqps",
      width: 8,
      queries: [
        { expr: sumRate(`${REQUESTS}_count`, { by: "status" }), legend: "{{status}}" },
        { expr: sumRate("asya_gateway_requests_failed_total"), legend: "could not be answered" },
      ],
    },
    {
      kind: "timeseries",
      title: "Requests that were turned away",
      description: "By what was wrong with them; the log has a line for each.",
      unit: "reqps",
      width: 12,
      queries: [{
        expr: sumRate("asya_gateway_requests_denied_total", { by: "reason" }),
        legend: "{{reason}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Connections refused, and keys of tokens",
      description:
        "Refused: the system gives no further connection. Keys: read, or their server is away.",
      unit: "ops",
      width: 12,
      queries: [
        { expr: sumRate("asya_gateway_connections_refused_total"), legend: "refused" },
        {
          expr: sumRate("asya_gateway_token_keys_total", { by: "outcome" }),
          legend: "keys {{outcome}}",
        },
      ],
    },
  ],
};

const updates: RowPlan = {
  title: "Updates",
  panels: [
    {
      kind: "timeseries",
      title: "Streams that are open",
      description: "Callers and pages that watch jobs, about 100 KB each.",
      unit: "short",
      width: 8,
      queries: [{
        expr: sum("asya_gateway_streams_open", { by: "pod, instance" }),
        legend: "{{pod}} {{instance}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Streams that were opened",
      description: "Many, and few that stay open: callers lose their connection.",
      unit: "ops",
      width: 8,
      queries: [{ expr: sumRate("asya_gateway_streams_opened_total"), legend: "opened" }],
    },
    {
      kind: "timeseries",
      title: "Reports of actors",
      description: "By kind and what became of them; `ignored` came behind the end of their job.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_gateway_reports_total", { by: "report, outcome" }),
        legend: "{{report}} {{outcome}}",
      }],
    },
  ],
};

const sending: RowPlan = {
  title: "Sending",
  panels: [
    {
      kind: "timeseries",
      title: "Messages that are to be sent",
      description: "Jobs that are stored, and whose first message no queue has confirmed.",
      unit: "short",
      width: 8,
      queries: [{ expr: `max(${select("asya_gateway_outbox_messages")})`, legend: "messages" }],
    },
    {
      kind: "timeseries",
      title: "Until a message was confirmed",
      description: "From the storing of its job; and the broker's part of it.",
      unit: "s",
      width: 8,
      queries: [
        ...quantiles("asya_gateway_publish_lag_seconds"),
        {
          expr: quantile(.95, "asya_gateway_publish_duration_seconds"),
          legend: "the broker, p95",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Sent, and not",
      description: "`missing`: the queue of the first step is not there.",
      unit: "ops",
      width: 8,
      queries: [
        { expr: sumRate("asya_gateway_messages_published_total"), legend: "confirmed" },
        {
          expr: sumRate("asya_gateway_publish_failures_total", { by: "reason" }),
          legend: "{{reason}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "The connection to the broker",
      description:
        "What happened to it; 1 while the broker, short of memory or disk, takes nothing.",
      unit: "short",
      width: 12,
      queries: [
        {
          expr: `${sumRate("asya_gateway_transport_events_total", { by: "event" })} > 0`,
          legend: "{{event}} per second",
        },
        { expr: `max(${select("asya_gateway_transport_blocked")})`, legend: "blocked" },
      ],
    },
    {
      kind: "timeseries",
      title: "Dead letters that somebody was done with",
      description: "Replayed or purged by people.",
      unit: "ops",
      width: 12,
      queries: [{
        expr: sumRate("asya_gateway_dead_letters_total", { by: "became" }),
        legend: "{{became}}",
      }],
    },
  ],
};

const store: RowPlan = {
  title: "The store",
  panels: [
    {
      kind: "timeseries",
      title: "The store's answers, 95 of 100",
      description: "How long it took, by what it was asked.",
      unit: "s",
      width: 8,
      queries: [{
        expr: quantile(.95, "asya_gateway_store_duration_seconds", { by: "operation" }),
        legend: "{{operation}}",
      }],
    },
    {
      kind: "timeseries",
      title: "What the store was asked",
      description: "And what it could not do.",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: sumRate("asya_gateway_store_duration_seconds_count", { by: "operation" }),
          legend: "{{operation}}",
        },
        {
          expr: `${
            sumRate("asya_gateway_store_operation_failures_total", { by: "operation" })
          } > 0`,
          legend: "{{operation}} failed",
        },
        {
          expr: sumRate("asya_gateway_store_failures_total"),
          legend: "failed outside of requests",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "The connection to the database",
      description: "0 while it is away, and where jobs are kept in no database.",
      unit: "short",
      width: 8,
      queries: [
        { expr: sum("asya_gateway_store_connected"), legend: "gateways with a database" },
        { expr: sum("asya_gateway_store_leading"), legend: "gateways that look after old jobs" },
        {
          expr: `${sumRate("asya_gateway_store_events_total", { by: "event" })} > 0`,
          legend: "{{event}} per second",
        },
        { expr: sumRate("asya_gateway_jobs_deleted_total"), legend: "old jobs deleted per second" },
      ],
    },
  ],
};

const process: RowPlan = {
  title: "The process",
  panels: [
    {
      kind: "timeseries",
      title: "How late timers are",
      description: "For so long, everything else waits too: the event loop is busy.",
      unit: "s",
      width: 12,
      queries: quantiles("asya_gateway_event_loop_lag_seconds"),
    },
    memoryPanel("asya_gateway_tools"),
    {
      kind: "timeseries",
      title: "Tools",
      description: "Tools that can be called, and files of tools that were bad.",
      unit: "short",
      width: 12,
      queries: [
        { expr: `max(${select("asya_gateway_tools")})`, legend: "tools" },
        { expr: sumRate("asya_gateway_tools_refused_total"), legend: "bad files per second" },
      ],
    },
    {
      kind: "timeseries",
      title: "Age of the tools",
      description: "How long ago they were last taken from their file.",
      unit: "s",
      width: 12,
      queries: [{
        expr: `time() - max(${
          select("asya_gateway_config_last_reload_success_timestamp_seconds")
        } > 0)`,
        legend: "age",
      }],
    },
  ],
};

/** What callers notice of the mesh. */
export const gateway: DashboardPlan = {
  uid: UIDS.gateway,
  title: "Asya / Gateway",
  description: "What callers notice of the mesh, and what the gateway stands on.",
  variables: [...places, tool],
  rows: [glance, calls, http, updates, sending, store, process],
};
