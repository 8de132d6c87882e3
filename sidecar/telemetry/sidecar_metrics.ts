import { FAILURE_CODES } from "@asya/protocol";
import type { Counter, Gauge, Histogram, Metrics } from "@asya/program";
import { TRANSPORT_EVENT_KINDS } from "@asya/transport";
import {
  createModelMetrics,
  FIRST_BUCKETS,
  type ModelMetrics,
  RATE_BUCKETS,
} from "./model_metrics.ts";
import type { Policy } from "../policy.ts";

/** Why messages fail, as metrics say it. */
export const FAILURE_REASONS = [
  "parse_error",
  "runtime_error",
  "routing_error",
  "error_queue_send_failed",
  "transport_error",
  "timeout",
] as const;

/** What a published message is for, as metrics say it. */
export const MESSAGE_TYPES = ["routing", "happy_end", "error_end"] as const;

/** How a message was done, as metrics say it. */
export const PROCESSED_STATUSES = [
  "success",
  "empty_response",
  "terminal_consumed",
  "late",
] as const;

/** Why something that a handler measured is thrown away, as metrics say it. */
export const DROP_CAUSES = ["too_many", "malformed", "undeclared", "kind", "labels"] as const;

type Names = readonly string[];

/** Everything that a sidecar counts and measures. */
export interface SidecarMetrics {
  readonly received: Counter<{ queue: Names; transport: Names }>;
  readonly processed: Counter<{ queue: Names; status: Names }>;
  readonly sent: Counter<{ destination_queue: Names; message_type: Names }>;
  readonly failed: Counter<{ queue: Names; reason: Names }>;
  readonly runtimeErrors: Counter<{ queue: Names; error_type: Names }>;
  readonly processingSeconds: Histogram<{ queue: Names }>;
  readonly runtimeSeconds: Histogram<{ queue: Names }>;
  readonly receiveSeconds: Histogram<{ queue: Names; transport: Names }>;
  readonly sendSeconds: Histogram<{ destination_queue: Names; transport: Names }>;
  readonly sizeBytes: Histogram<{ direction: Names }>;
  readonly active: Gauge<Record<never, never>>;
  readonly idleSeconds: Counter<{ queue: Names }>;
  readonly busySeconds: Counter<{ queue: Names }>;
  readonly models: ModelMetrics;
  readonly streamFirstSeconds: Histogram<{ queue: Names }>;
  readonly streamChunks: Counter<{ queue: Names }>;
  readonly streamChunksPerSecond: Histogram<{ queue: Names }>;
  readonly measuresDropped: Counter<{ why: Names }>;
  readonly progressDropped: Counter<{ why: Names }>;
  readonly chunkWaits: Counter<{ outcome: Names }>;
  readonly transportEvents: Counter<{ transport: Names; event: Names }>;
  readonly transportConnected: Gauge<{ transport: Names }>;
  readonly transportBlocked: Gauge<{ transport: Names }>;
}

const CALL_BUCKETS = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120];
const QUEUE_BUCKETS = [.001, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10];
const SIZE_BUCKETS = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Registers the sidecar's metrics, each with its known series at 0.
 *
 * @param metrics where to register
 * @param policy the sidecar's place in the mesh
 * @param transport the transport's name
 */
export function createSidecarMetrics(
  metrics: Metrics,
  policy: Policy,
  transport: string,
): SidecarMetrics {
  const queue = [policy.queue];
  const ends = [policy.happyEnd, policy.errorEnd];
  const sent = metrics.counter({
    name: "messages_sent_total",
    help: "messages published and confirmed",
    labels: { destination_queue: [] as Names, message_type: MESSAGE_TYPES },
  });
  sent.inc({ destination_queue: policy.happyEnd, message_type: "happy_end" }, 0);
  sent.inc({ destination_queue: policy.errorEnd, message_type: "error_end" }, 0);
  return {
    sent,
    received: metrics.counter({
      name: "messages_received_total",
      help: "messages taken from the queue",
      labels: { queue, transport: [transport] },
    }),
    processed: metrics.counter({
      name: "messages_processed_total",
      help: "messages done, by how",
      labels: { queue, status: PROCESSED_STATUSES },
    }),
    failed: metrics.counter({
      name: "messages_failed_total",
      help: "messages that failed, and publishes that had to be repeated, by reason",
      labels: { queue, reason: FAILURE_REASONS },
    }),
    runtimeErrors: metrics.counter({
      name: "runtime_errors_total",
      help: "calls of the handler that failed, by the failure's code",
      labels: { queue, error_type: FAILURE_CODES },
    }),
    processingSeconds: metrics.histogram({
      name: "processing_duration_seconds",
      help: "time from a message's arrival until it was settled",
      labels: { queue },
      buckets: CALL_BUCKETS,
    }),
    runtimeSeconds: metrics.histogram({
      name: "runtime_execution_duration_seconds",
      help: "time that a call of the handler took",
      labels: { queue },
      buckets: CALL_BUCKETS,
    }),
    receiveSeconds: metrics.histogram({
      name: "queue_receive_duration_seconds",
      help: "time waited for a message since the one before came or went",
      labels: { queue, transport: [transport] },
      buckets: QUEUE_BUCKETS,
    }),
    sendSeconds: metrics.histogram({
      name: "queue_send_duration_seconds",
      help: "time until a publish was confirmed",
      labels: { destination_queue: ends, transport: [transport] },
      buckets: QUEUE_BUCKETS,
    }),
    sizeBytes: metrics.histogram({
      name: "message_size_bytes",
      help: "size of a message's body",
      labels: { direction: ["received", "sent"] },
      buckets: SIZE_BUCKETS,
    }),
    active: metrics.gauge({ name: "active_messages", help: "messages in hand", labels: {} }),
    idleSeconds: metrics.counter({
      name: "idle_seconds_total",
      help: "time without a message in hand",
      labels: { queue },
    }),
    busySeconds: metrics.counter({
      name: "busy_seconds_total",
      help: "time with a message in hand, or several",
      labels: { queue },
    }),
    models: createModelMetrics(metrics),
    streamFirstSeconds: metrics.histogram({
      name: "stream_time_to_first_chunk_seconds",
      help: "time from a call's beginning to the first chunk that its handler streamed",
      labels: { queue },
      buckets: FIRST_BUCKETS,
    }),
    streamChunks: metrics.counter({
      name: "stream_chunks_total",
      help: "chunks that handlers streamed",
      labels: { queue },
    }),
    streamChunksPerSecond: metrics.histogram({
      name: "stream_chunks_per_second",
      help: "chunks of a call, by the time that its stream took",
      labels: { queue },
      buckets: RATE_BUCKETS,
      unit: "{chunk}/s",
    }),
    measuresDropped: metrics.counter({
      name: "measures_dropped_total",
      help: "what handlers measured and was thrown away, by why",
      labels: { why: DROP_CAUSES },
    }),
    progressDropped: metrics.counter({
      name: "progress_reports_dropped_total",
      help: "progress reports that were thrown away, by why",
      labels: { why: ["full", "refused", "too_large", "late"] },
    }),
    chunkWaits: metrics.counter({
      name: "chunk_waits_total",
      help: "messages held until what their handler streamed has arrived, by how that ended",
      labels: { outcome: ["answered", "late", "skipped"] },
    }),
    transportEvents: metrics.counter({
      name: "transport_events_total",
      help: "what happened to the connection to the broker, by what; a reconnect is a connected",
      labels: { transport: [transport], event: TRANSPORT_EVENT_KINDS },
    }),
    transportConnected: metrics.gauge({
      name: "transport_connected",
      help: "1 while there is a connection to the broker",
      labels: { transport: [transport] },
    }),
    transportBlocked: metrics.gauge({
      name: "transport_blocked",
      help: "1 while the broker, short of memory or disk, takes no messages",
      labels: { transport: [transport] },
    }),
  };
}
