import {
  memoryPanel,
  NOT_KNOWN,
  ONLY_RABBITMQ,
  quantiles,
  RED_AT_ZERO,
  RED_FROM_ONE,
  YES_NO,
} from "./panels.ts";
import type { DashboardPlan, RowPlan } from "./plan.ts";
import {
  mean,
  quantile,
  ratio,
  select,
  selectQueues,
  sumRate,
  waiting,
  withQueue,
} from "./promql.ts";
import { UIDS } from "./uids.ts";
import { actor as actorVariable, places, vhost } from "./variables.ts";

const RECEIVED = "asya_actor_messages_received_total";

const QUEUE = 'queue="$actor"';

/** Of the actor's own sidecars, though the metric does not name the queue. */
function own(values: string, by?: string): string {
  const labels = by === undefined ? "" : ` by (${by})`;
  return `sum${labels} (${withQueue(values, QUEUE)})`;
}

/** The rate of a counter that does not name the queue. */
function ownRate(metric: string, by: string): string {
  return own(`rate(${select(metric)}[$__rate_interval])`, by);
}

const glance: RowPlan = {
  title: "At a glance",
  panels: [
    {
      kind: "stat",
      title: "Messages per second",
      description: "Taken from the queue by all replicas.",
      unit: "ops",
      width: 4,
      queries: [{ expr: sumRate(RECEIVED, { where: QUEUE }), legend: "messages" }],
    },
    {
      kind: "stat",
      title: "Messages that fail",
      description: "Their share of those that were taken.",
      unit: "percentunit",
      width: 4,
      thresholds: [[.01, "yellow"], [.05, "red"]],
      queries: [{
        expr: ratio(
          sumRate("asya_actor_messages_failed_total", { where: QUEUE }),
          sumRate(RECEIVED, { where: QUEUE }),
        ),
        legend: "share",
      }],
    },
    {
      kind: "stat",
      title: "Messages that wait",
      description: "Ready messages of its queue, as RabbitMQ or else the gateway has them.",
      unit: "short",
      width: 4,
      noValue: NOT_KNOWN,
      queries: [{ expr: `sum(${waiting(QUEUE)})`, legend: "messages" }],
    },
    {
      kind: "stat",
      title: "Busy",
      description: "The share of its time in which a replica has a message in hand.",
      unit: "percentunit",
      max: 1,
      width: 4,
      thresholds: [[.8, "yellow"], [.95, "red"]],
      queries: [{
        expr: `${sumRate("asya_actor_busy_seconds_total", { where: QUEUE })} / (${
          sumRate("asya_actor_busy_seconds_total", { where: QUEUE })
        } + ${sumRate("asya_actor_idle_seconds_total", { where: QUEUE })})`,
        legend: "share",
      }],
    },
    {
      kind: "stat",
      title: "Replicas",
      description: "Sidecars that Prometheus reaches.",
      unit: "short",
      width: 4,
      queries: [{ expr: `count(${select(RECEIVED, QUEUE)})`, legend: "replicas" }],
    },
    {
      kind: "stat",
      title: "All have their broker",
      description: "Whether every replica is connected to the broker.",
      unit: "short",
      width: 4,
      words: YES_NO,
      thresholds: RED_AT_ZERO,
      queries: [{
        expr: `min(${withQueue(select("asya_actor_transport_connected"), QUEUE)})`,
        legend: "connected",
      }],
    },
  ],
};

const messages: RowPlan = {
  title: "Messages",
  panels: [
    {
      kind: "timeseries",
      title: "Taken and done",
      description: "By how they were done. Taken but not done: they are in hand, or failed.",
      unit: "ops",
      width: 8,
      queries: [
        { expr: sumRate(RECEIVED, { where: QUEUE }), legend: "taken" },
        {
          expr: sumRate("asya_actor_messages_processed_total", { by: "status", where: QUEUE }),
          legend: "{{status}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Sent on",
      description: "Messages published and confirmed, by where they went.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: ownRate("asya_actor_messages_sent_total", "destination_queue, message_type"),
        legend: "{{destination_queue}} ({{message_type}})",
      }],
    },
    {
      kind: "timeseries",
      title: "In hand, by replica",
      description: "Taken and not settled. All at their limit: more replicas help.",
      unit: "short",
      width: 8,
      isStacked: true,
      queries: [{
        expr: withQueue(select("asya_actor_active_messages"), QUEUE),
        legend: "{{pod}} {{instance}}",
      }],
    },
  ],
};

const time: RowPlan = {
  title: "Time",
  panels: [
    {
      kind: "timeseries",
      title: "A message, from its arrival until it was settled",
      description: "Waiting for a free place at the handler included.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_actor_processing_duration_seconds", { where: QUEUE }),
    },
    {
      kind: "timeseries",
      title: "A call of the handler",
      description: "What the handler alone takes.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_actor_runtime_execution_duration_seconds", { where: QUEUE }),
    },
    {
      kind: "timeseries",
      title: "Mean of both",
      description: "A wide gap: messages wait at their replica. Lower prefetch, or add replicas.",
      unit: "s",
      width: 8,
      queries: [
        {
          expr: mean("asya_actor_processing_duration_seconds", { where: QUEUE }),
          legend: "at the actor",
        },
        {
          expr: mean("asya_actor_runtime_execution_duration_seconds", { where: QUEUE }),
          legend: "in the handler",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Idle and busy",
      description: "Replicas with no message in hand, and with one or more.",
      unit: "short",
      width: 8,
      isStacked: true,
      queries: [
        { expr: sumRate("asya_actor_busy_seconds_total", { where: QUEUE }), legend: "busy" },
        { expr: sumRate("asya_actor_idle_seconds_total", { where: QUEUE }), legend: "idle" },
      ],
    },
    {
      kind: "timeseries",
      title: "Waiting for a message",
      description:
        "How long a free place waits for the next one. Near zero: the queue is never empty.",
      unit: "s",
      width: 8,
      queries: quantiles("asya_actor_queue_receive_duration_seconds", { where: QUEUE }),
    },
    {
      kind: "timeseries",
      title: "Until a publish was confirmed, 95 of 100",
      description: "The broker's part, by where it was sent. Slow: its disk, or its memory.",
      unit: "s",
      width: 8,
      queries: [{
        expr: `histogram_quantile(0.95, ${
          ownRate("asya_actor_queue_send_duration_seconds_bucket", "le, destination_queue")
        })`,
        legend: "{{destination_queue}}",
      }],
    },
  ],
};

const queue: RowPlan = {
  title: "Its queue, as RabbitMQ or else the gateway has it",
  panels: [
    {
      kind: "timeseries",
      title: "Messages that wait, and in hand",
      description: "Ready, and delivered without an ack, which only RabbitMQ says.",
      unit: "short",
      width: 8,
      noValue: NOT_KNOWN,
      queries: [
        { expr: `sum(${waiting(QUEUE)})`, legend: "ready" },
        {
          expr: `sum(${selectQueues("rabbitmq_detailed_queue_messages_unacked", QUEUE)})`,
          legend: "unacked",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Time until it is empty",
      description: "What waits, at the rate at which messages were taken lately.",
      unit: "s",
      width: 8,
      queries: [{
        expr: ratio(`sum(${waiting(QUEUE)})`, sumRate(RECEIVED, { where: QUEUE })),
        legend: "time",
      }],
    },
    {
      kind: "timeseries",
      title: "Consumers",
      description: "0 and messages that wait: nobody works on this step. Only RabbitMQ says it.",
      unit: "short",
      width: 8,
      noValue: ONLY_RABBITMQ,
      queries: [{
        expr: `sum(${selectQueues("rabbitmq_detailed_queue_consumers", QUEUE)})`,
        legend: "consumers",
      }],
    },
  ],
};

const failures: RowPlan = {
  title: "What goes wrong",
  panels: [
    {
      kind: "timeseries",
      title: "Messages that failed, by reason",
      description: "`runtime_error`: the handler; `transport_error`: publishes that were repeated.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: sumRate("asya_actor_messages_failed_total", { by: "reason", where: QUEUE }),
        legend: "{{reason}}",
      }],
    },
    {
      kind: "timeseries",
      title: "Calls that failed, by code",
      description: "What the handler's calls ended with, retries included.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: `${
          sumRate("asya_actor_runtime_errors_total", { by: "error_type", where: QUEUE })
        } > 0`,
        legend: "{{error_type}}",
      }],
    },
    {
      kind: "stat",
      title: "Calls that the runtime died in",
      description: "In the time shown. `oom_error`: more memory, or smaller pieces of work.",
      unit: "short",
      width: 8,
      thresholds: RED_FROM_ONE,
      queries: [{
        expr: `sum by (error_type) (increase(${
          select(
            "asya_actor_runtime_errors_total",
            `${QUEUE}, error_type=~"oom_error|cuda_oom_error|connection_error"`,
          )
        }[$__range]))`,
        legend: "{{error_type}}",
      }],
    },
    {
      kind: "timeseries",
      title: "The connection to the broker",
      description: "What happened to it; `hold_lost` is a message that the broker took back.",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: `${ownRate("asya_actor_transport_events_total", "transport, event")} > 0`,
          legend: "{{event}}",
        },
        {
          expr: own(select("asya_actor_transport_blocked")),
          legend: "replicas that the broker blocks",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Progress and measures that were dropped",
      description: "Nothing of the work is lost by it. Is the gateway away, or slow?",
      unit: "ops",
      width: 8,
      queries: [
        {
          expr: ownRate("asya_actor_progress_reports_dropped_total", "why"),
          legend: "progress: {{why}}",
        },
        {
          expr: ownRate("asya_actor_measures_dropped_total", "why"),
          legend: "measures: {{why}}",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Messages held for their stream",
      description: "`late`: a message went on before what its handler streamed had arrived.",
      unit: "ops",
      width: 8,
      queries: [{
        expr: ownRate("asya_actor_chunk_waits_total", "outcome"),
        legend: "{{outcome}}",
      }],
    },
  ],
};

const sizes: RowPlan = {
  title: "Sizes and processes",
  panels: [
    {
      kind: "timeseries",
      title: "Size of messages, 95 of 100",
      description: "Bodies that came and that went. Large things belong into a store.",
      unit: "bytes",
      width: 12,
      queries: [{
        expr: `histogram_quantile(0.95, ${
          ownRate("asya_actor_message_size_bytes_bucket", "le, direction")
        })`,
        legend: "{{direction}}",
      }],
    },
    memoryPanel(RECEIVED, QUEUE),
    {
      kind: "timeseries",
      title: "Streamed",
      description: "What the handler streams: chunks per second of all, and of one stream.",
      unit: "ops",
      width: 12,
      queries: [
        {
          expr: sumRate("asya_actor_stream_chunks_total", { where: QUEUE }),
          legend: "chunks of all streams",
        },
        {
          expr: quantile(.5, "asya_actor_stream_chunks_per_second", { where: QUEUE }),
          legend: "chunks of one stream, p50",
        },
      ],
    },
    {
      kind: "timeseries",
      title: "Until the first chunk of a stream",
      description: "From the call of the handler to the first thing that it yields.",
      unit: "s",
      width: 12,
      queries: quantiles("asya_actor_stream_time_to_first_chunk_seconds", { where: QUEUE }),
    },
  ],
};

/** Everything about one actor. */
export const actor: DashboardPlan = {
  uid: UIDS.actor,
  title: "Asya / Actor",
  description: "One actor: what it does, how long that takes, what goes wrong.",
  variables: [...places, vhost, actorVariable],
  rows: [glance, messages, time, queue, failures, sizes],
};
