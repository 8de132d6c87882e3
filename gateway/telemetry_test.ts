import { createLogger, createMetrics } from "@asya/program";
import assert from "node:assert/strict";
import type { Event } from "./event.ts";
import { createTelemetry } from "./telemetry.ts";
import { toStoreError } from "./stores/store_error.ts";
import { FakeClock } from "./testing/fake_clock.ts";

const error = new Error("disk full");

/** One of each kind of event. */
const events: Event[] = [
  { kind: "listening", url: "http://127.0.0.1:8080" },
  { kind: "connections_refused", error },
  { kind: "open_to_all", host: "0.0.0.0" },
  { kind: "jobs_in_memory" },
  { kind: "reports_open" },
  { kind: "request", route: "/jobs/:id", status: 200, ms: 3 },
  { kind: "denied", reason: "wrong_token", route: "/jobs", from: "10.0.0.1" },
  { kind: "request_failed", route: "/jobs/:id", error },
  { kind: "store_failed", doing: "settle", error },
  { kind: "store_used", operation: "create", ms: 3, ok: true },
  { kind: "store_used", operation: "create", ms: 3, ok: false },
  {
    kind: "counted",
    census: {
      jobs: { Pending: 1, Running: 2, Succeeded: 3, Failed: 4 },
      unsent: 5,
      oldestUnsentAt: "2025-12-31T23:59:50Z",
    },
  },
  { kind: "publish_answered", ms: 20 },
  { kind: "loop_measured", lateMs: 30 },
  { kind: "tools_loaded", names: ["scan", "quiet"], atMs: 1_800_000_000_500 },
  { kind: "tools_refused", problems: ["a.yaml:1:1: bad"] },
  { kind: "call_refused", reason: "arguments" },
  { kind: "job_created", tool: "scan" },
  { kind: "job_started", tool: "scan", afterMs: 20 },
  { kind: "job_ended", tool: "scan", status: "Succeeded", by: "report", afterMs: 2_000 },
  { kind: "jobs_deleted", count: 3 },
  { kind: "report", report: "final", outcome: "applied" },
  { kind: "stream_opened" },
  { kind: "stream_opened" },
  { kind: "stream_closed" },
  { kind: "published", count: 4, lagMs: 5 },
  { kind: "queue_missing", queue: "a" },
  { kind: "queue_found", queue: "a" },
  { kind: "undeliverable", queue: "a", count: 2 },
  { kind: "publish_failed", queue: "a" },
  { kind: "queues_seen", waiting: new Map([["a", 3]]) },
  { kind: "transport", event: { kind: "connected" } },
  { kind: "transport", event: { kind: "disconnected", reason: "gone", retryInMs: 5 } },
  { kind: "transport", event: { kind: "queue_used_as_is", queue: "a", reason: "classic" } },
  { kind: "transport", event: { kind: "queue_refused", queue: "a", reason: "denied" } },
  { kind: "transport", event: { kind: "consumer_ended", queue: "a", reason: "deleted" } },
  { kind: "transport", event: { kind: "publisher_ended", reason: "late" } },
  { kind: "transport", event: { kind: "blocked", reason: "low on memory" } },
  { kind: "transport", event: { kind: "unblocked" } },
  { kind: "transport", event: { kind: "hold_lost", queue: "a" } },
  { kind: "transport", event: { kind: "polling", reason: "no watch" } },
  { kind: "store", event: { kind: "connected" } },
  { kind: "store", event: { kind: "migrated", version: 1, name: "jobs" } },
  { kind: "store", event: { kind: "leading" } },
  { kind: "store", event: { kind: "led_by_another" } },
  { kind: "store", event: { kind: "disconnected", reason: "gone", retryInMs: 5 } },
  { kind: "keys", event: { kind: "loaded", count: 2 } },
  { kind: "keys", event: { kind: "away", reason: "gone" } },
  { kind: "draining", signal: "SIGTERM" },
  { kind: "stopped" },
];

async function createBench() {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    program: "gateway",
    level: "DEBUG",
    format: "json",
    write: (line) => lines.push(JSON.parse(line)),
  });
  const metrics = await createMetrics({ namespace: "asya_gateway" });
  const clock = new FakeClock();
  return { lines, metrics, clock, emit: createTelemetry({ log, metrics, clock }) };
}

Deno.test("[C6] telemetry: every event is counted, or written in constant words, or both", async () => {
  const { lines, metrics, emit } = await createBench();
  const before = await metrics.render();
  for (const event of events) emit(event);
  const after = await metrics.render();
  assert.notEqual(after, before);
  assert.deepEqual(
    lines.map(({ message }) => message).filter((message) => String(message).includes("disk full")),
    [],
  );
  const failed = lines.find(({ message }) => message === "a request failed");
  assert.match(JSON.stringify(failed), /disk full/);
  for (
    const line of [
      'asya_gateway_store_duration_seconds_count{operation="create"} 1',
      'asya_gateway_store_duration_seconds_bucket{le="0.0025",operation="create"} 0',
      'asya_gateway_store_duration_seconds_bucket{le="0.005",operation="create"} 1',
      'asya_gateway_store_duration_seconds_count{operation="list"} 0',
      'asya_gateway_store_operation_failures_total{operation="create"} 1',
      'asya_gateway_jobs{status="Pending"} 1',
      'asya_gateway_jobs{status="Running"} 2',
      'asya_gateway_jobs{status="Succeeded"} 3',
      'asya_gateway_jobs{status="Failed"} 4',
      "asya_gateway_outbox_messages 5",
      "asya_gateway_outbox_oldest_seconds 10",
      "asya_gateway_publish_duration_seconds_sum 0.02",
      "asya_gateway_event_loop_lag_seconds_sum 0.03",
      "asya_gateway_streams_opened_total 2",
      'asya_gateway_calls_repeated_total{tool="quiet"} 0',
      'asya_gateway_jobs_created_total{tool="quiet"} 0',
      'asya_gateway_jobs_ended_total{tool="quiet",status="Failed",by="deadline"} 0',
      'asya_gateway_jobs_ended_total{tool="quiet",status="Succeeded",by="report"} 0',
      'asya_gateway_job_duration_seconds_count{tool="scan",status="Succeeded"} 1',
      'asya_gateway_job_first_step_seconds_bucket{le="0.05",tool="scan"} 1',
      'asya_gateway_jobs_created_total{tool="scan"} 1',
      'asya_gateway_jobs_ended_total{tool="scan",status="Succeeded",by="report"} 1',
      'asya_gateway_reports_total{report="final",outcome="applied"} 1',
      'asya_gateway_reports_total{report="progress",outcome="applied"} 0',
      'asya_gateway_calls_refused_total{reason="arguments"} 1',
      'asya_gateway_requests_denied_total{reason="wrong_token"} 1',
      "asya_gateway_streams_open 1",
      "asya_gateway_messages_published_total 4",
      "asya_gateway_jobs_undeliverable_total 2",
      "asya_gateway_jobs_deleted_total 3",
      "asya_gateway_store_failures_total 1",
      "asya_gateway_tools 2",
      "asya_gateway_tools_refused_total 1",
      "asya_gateway_config_last_reload_successful 0",
      "asya_gateway_config_last_reload_success_timestamp_seconds 1800000000.5",
      'asya_gateway_publish_failures_total{reason="missing"} 1',
      'asya_gateway_transport_events_total{event="connected"} 1',
      'asya_gateway_transport_events_total{event="blocked"} 1',
      "asya_gateway_transport_connected 0",
      "asya_gateway_transport_blocked 0",
      'asya_gateway_store_events_total{event="migrated"} 1',
      "asya_gateway_store_connected 0",
      "asya_gateway_store_leading 0",
    ]
  ) {
    assert(after.split("\n").includes(line), `${line} in\n${after}`);
  }
});

Deno.test("telemetry: a store that fails again and again is written now and then", async () => {
  const { lines, clock, emit } = await createBench();
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 100; index++) emit({ kind: "store_failed", doing: "x", error });
    await clock.pass(10_000);
  }
  assert.deepEqual(lines.map(({ skipped }) => skipped), [0, 99, 99]);
});

Deno.test("telemetry: requests that fail with their store are written now and then, others each", async () => {
  const { lines, clock, emit } = await createBench();
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 100; index++) {
      emit({ kind: "request_failed", route: "/jobs/:id", error: toStoreError(error) });
    }
    await clock.pass(10_000);
  }
  assert.deepEqual(lines.map(({ skipped }) => skipped), [0, 99]);
  for (let index = 0; index < 3; index++) emit({ kind: "request_failed", route: "/jobs", error });
  assert.equal(lines.length, 5);
});

Deno.test("telemetry: a clock that is set back silences nobody", async () => {
  const { lines, clock, emit } = await createBench();
  emit({ kind: "store_failed", doing: "x", error });
  clock.setBack(3_600_000);
  await clock.pass(10_000);
  emit({ kind: "store_failed", doing: "x", error });
  assert.equal(lines.length, 2);
});

Deno.test("[Z1] lines about a request of a trace name it, and others say nothing of one", async () => {
  const { lines, emit } = await createBench();
  const ids = { trace_id: "a".repeat(32), span_id: "b".repeat(16) };
  const traceparent = `00-${ids.trace_id}-${ids.span_id}-00`;
  const about = { letter: "l1", jobId: "j1", by: "ops" };
  const ofRequests: Event[] = [
    { kind: "request", route: "/jobs/:id", status: 200, ms: 3 },
    { kind: "denied", reason: "scope", route: "/jobs" },
    { kind: "request_failed", route: "/jobs/:id", error },
    { kind: "request_failed", route: "/jobs/:id", error: toStoreError(error) },
    { kind: "letter_replayed", newJobId: "j2", ...about },
    { kind: "letter_purged", ...about },
  ];
  for (const event of ofRequests) emit({ ...event, traceparent } as Event);
  const of = lines.map(({ trace_id, span_id }) => ({ trace_id, span_id }));
  assert.deepEqual(of, ofRequests.map(() => ids));
  emit({ kind: "denied", reason: "rate", route: "/jobs", traceparent: "what a caller made up" });
  assert.deepEqual(Object.keys(lines.at(-1) ?? {}).filter((key) => key.endsWith("_id")), []);
  assert.equal(lines.some((line) => "traceparent" in line), false);
});
