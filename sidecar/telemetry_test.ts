import assert from "node:assert/strict";
import { createFailure } from "@asya/protocol";
import type { TransportEvent } from "@asya/transport";
import type { Event } from "./events.ts";
import type { FakeClock } from "./testing/fake_clock.ts";
import { hearEvents } from "./testing/hear_events.ts";
import type { CustomMetric } from "./parse_custom_metrics.ts";

interface Heard {
  readonly lines: readonly Record<string, unknown>[];
  readonly clock: FakeClock;
  readonly take: (...events: Event[]) => void;
  readonly metrics: () => Promise<string[]>;
}

async function heard(customMetrics: readonly CustomMetric[] = []): Promise<Heard> {
  const { emit, lines, clock, render } = await hearEvents(customMetrics);
  return {
    lines,
    clock,
    take: (...events) => events.forEach((event) => emit(event)),
    metrics: async () => (await render()).split("\n"),
  };
}

const failure = createFailure("timeout_error", "too long");

Deno.test("every metric is there from the start, at 0", async () => {
  const { metrics } = await heard();
  const lines = await metrics();
  for (
    const line of [
      'messages_received_total{queue="ocr",transport="sqlite"} 0',
      'messages_processed_total{queue="ocr",status="success"} 0',
      'messages_processed_total{queue="ocr",status="empty_response"} 0',
      'messages_processed_total{queue="ocr",status="terminal_consumed"} 0',
      'messages_sent_total{destination_queue="happy-end",message_type="happy_end"} 0',
      'messages_sent_total{destination_queue="error-end",message_type="error_end"} 0',
      'messages_failed_total{queue="ocr",reason="parse_error"} 0',
      'messages_failed_total{queue="ocr",reason="runtime_error"} 0',
      'messages_failed_total{queue="ocr",reason="routing_error"} 0',
      'messages_failed_total{queue="ocr",reason="error_queue_send_failed"} 0',
      'messages_failed_total{queue="ocr",reason="transport_error"} 0',
      'messages_failed_total{queue="ocr",reason="timeout"} 0',
      'runtime_errors_total{queue="ocr",error_type="oom_error"} 0',
      'processing_duration_seconds_bucket{le="0.005",queue="ocr"} 0',
      'processing_duration_seconds_bucket{le="120",queue="ocr"} 0',
      'runtime_execution_duration_seconds_bucket{le="60",queue="ocr"} 0',
      'queue_receive_duration_seconds_bucket{le="0.001",queue="ocr",transport="sqlite"} 0',
      'queue_send_duration_seconds_bucket{le="10",destination_queue="happy-end",transport="sqlite"} 0',
      'message_size_bytes_bucket{le="100",direction="received"} 0',
      'message_size_bytes_bucket{le="1000000000",direction="sent"} 0',
      "active_messages 0",
      'chunk_waits_total{outcome="late"} 0',
      'transport_events_total{transport="sqlite",event="hold_lost"} 0',
      'transport_connected{transport="sqlite"} 0',
      'transport_blocked{transport="sqlite"} 0',
    ]
  ) assert(lines.includes(`asya_actor_${line}`), line);
});

Deno.test("the broker's flow control and reconnects can be seen", async () => {
  const { take, metrics } = await heard();
  const shown = async (...kinds: TransportEvent["kind"][]) => {
    const particulars = { reason: "low on memory", retryInMs: 5, queue: "ocr" };
    for (const kind of kinds) {
      take({ kind: "transport", event: { ...particulars, kind } as TransportEvent });
    }
    const lines = await metrics();
    return ["connected", "blocked"].map((name) =>
      lines.includes(`asya_actor_transport_${name}{transport="sqlite"} 1`)
    );
  };
  assert.deepEqual(await shown("connected"), [true, false]);
  assert.deepEqual(await shown("blocked"), [true, true]);
  assert.deepEqual(await shown("unblocked"), [true, false]);
  assert.deepEqual(await shown("blocked", "disconnected"), [false, false]);
  assert.deepEqual(await shown("connected", "hold_lost"), [true, false]);
  const counted = 'asya_actor_transport_events_total{transport="sqlite",event="connected"} 2';
  assert((await metrics()).includes(counted));
});

Deno.test("a broken connection with many messages in hand is one line", async () => {
  const { take, lines } = await heard();
  for (let message = 0; message < 300; message++) {
    take({
      kind: "transport",
      event: { kind: "hold_lost", queue: "ocr", messageId: `m${message}` },
    });
  }
  assert.equal(lines.length, 1);
});

Deno.test("a message's way is counted and measured", async () => {
  const { take, metrics } = await heard();
  take(
    { kind: "received", bytes: 500, waitMs: 3 },
    { kind: "called", jobId: "j1", durationMs: 40 },
    { kind: "sent", queue: "classify", bytes: 700, durationMs: 2 },
    { kind: "sent", queue: "happy-end", bytes: 700, durationMs: 2 },
    { kind: "processed", jobId: "j1", status: "success", durationMs: 50 },
  );
  const before = await metrics();
  assert(before.includes("asya_actor_active_messages 1"));
  take({ kind: "settled" });
  const lines = await metrics();
  for (
    const line of [
      'messages_received_total{queue="ocr",transport="sqlite"} 1',
      'messages_processed_total{queue="ocr",status="success"} 1',
      'messages_sent_total{destination_queue="classify",message_type="routing"} 1',
      'messages_sent_total{destination_queue="happy-end",message_type="happy_end"} 1',
      'processing_duration_seconds_sum{queue="ocr"} 0.05',
      'runtime_execution_duration_seconds_sum{queue="ocr"} 0.04',
      'queue_receive_duration_seconds_sum{queue="ocr",transport="sqlite"} 0.003',
      'queue_send_duration_seconds_count{destination_queue="classify",transport="sqlite"} 1',
      'message_size_bytes_sum{direction="received"} 500',
      'message_size_bytes_sum{direction="sent"} 1400',
      "active_messages 0",
    ]
  ) assert(lines.includes(`asya_actor_${line}`), line);
});

Deno.test("waits for chunks are counted by how they ended, and only late ones logged", async () => {
  const { take, metrics, lines } = await heard();
  const outcomes = ["answered", "answered", "skipped", "late"] as const;
  for (const outcome of outcomes) take({ kind: "chunks_awaited", outcome });
  const counts = (await metrics()).filter((line) =>
    line.startsWith("asya_actor_chunk_waits_total")
  );
  assert.deepEqual(counts.sort(), [
    'asya_actor_chunk_waits_total{outcome="answered"} 2',
    'asya_actor_chunk_waits_total{outcome="late"} 1',
    'asya_actor_chunk_waits_total{outcome="skipped"} 1',
  ]);
  assert.equal(lines.length, 1);
});

Deno.test("failures are counted by reason and by code", async () => {
  const { take, metrics, lines } = await heard();
  const failures: [string, string][] = [
    ["malformed_message", "parse_error"],
    ["route_error", "routing_error"],
    ["timeout_error", "timeout"],
    ["deadline_exceeded", "timeout"],
    ["processing_error", "runtime_error"],
    ["someone_elses", "runtime_error"],
  ];
  for (const [code] of failures) {
    take({ kind: "failed", jobId: "j1", failure: createFailure(code, "no"), durationMs: 1 });
  }
  take(
    { kind: "called", jobId: "j1", durationMs: 1, errorCode: "oom_error" },
    { kind: "send_failed", queue: "classify", outcome: "failed", attempt: 1 },
    { kind: "send_failed", queue: "classify", outcome: "unroutable", attempt: 1 },
    { kind: "send_failed", queue: "error-end", outcome: "unroutable", attempt: 1 },
  );
  const shown = await metrics();
  const failed = (reason: string) =>
    `asya_actor_messages_failed_total{queue="ocr",reason="${reason}"}`;
  for (
    const line of [
      `${failed("parse_error")} 1`,
      `${failed("routing_error")} 1`,
      `${failed("timeout")} 2`,
      `${failed("runtime_error")} 2`,
      `${failed("transport_error")} 1`,
      `${failed("error_queue_send_failed")} 1`,
      'asya_actor_runtime_errors_total{queue="ocr",error_type="oom_error"} 1',
    ]
  ) assert(shown.includes(line), line);
  assert.equal(lines.filter(({ message }) => message === "a message failed").length, 6);
});

Deno.test("codes that hosts make up do not make series without end", async () => {
  const { take, metrics } = await heard();
  for (let number = 0; number < 200; number++) {
    take({ kind: "called", jobId: "j1", durationMs: 1, errorCode: `code_${number}` });
  }
  const series = (await metrics()).filter((line) => line.includes('error_type="code_'));
  assert.equal(series.length, 50);
  assert((await metrics()).includes(
    'asya_actor_runtime_errors_total{queue="ocr",error_type="other"} 150',
  ));
});

Deno.test("no job's id becomes a label", async () => {
  const { take, metrics } = await heard();
  take(
    { kind: "called", jobId: "job-7", durationMs: 1, errorCode: "oom_error" },
    { kind: "processed", jobId: "job-7", status: "success", durationMs: 1 },
    { kind: "failed", jobId: "job-7", failure, durationMs: 1 },
  );
  assert(!(await metrics()).some((line) => line.includes("job-7")));
});

Deno.test("[C6] a line that could come with every message comes once in a while", async () => {
  const { take, lines, clock } = await heard();
  const event: Event = { kind: "send_failed", queue: "classify", outcome: "failed", attempt: 1 };
  for (let number = 0; number < 100; number++) take(event);
  assert.equal(lines.length, 1);
  await clock.pass(10_000);
  take(event);
  assert.equal(lines.length, 2);
  assert.equal(lines[1]?.silentlyBefore, 99);
});

const spoken: [Event, string, string][] = [
  [{ kind: "started", queue: "ocr", operationsPort: 8080 }, "INFO", "started"],
  [{ kind: "transport", event: { kind: "connected" } }, "INFO", "connected to the broker"],
  [
    { kind: "transport", event: { kind: "disconnected", reason: "gone", retryInMs: 5 } },
    "WARN",
    "the connection to the broker is lost",
  ],
  [
    { kind: "transport", event: { kind: "queue_used_as_is", queue: "ocr", reason: "other" } },
    "WARN",
    "a queue exists otherwise and is used as it is",
  ],
  [
    { kind: "transport", event: { kind: "queue_refused", queue: "ocr", reason: "denied" } },
    "ERROR",
    "the broker refuses a queue; trying again",
  ],
  [
    { kind: "transport", event: { kind: "consumer_ended", queue: "ocr", reason: "deleted" } },
    "WARN",
    "the broker ended a consumer; it begins again",
  ],
  [
    { kind: "transport", event: { kind: "publisher_ended", reason: "late" } },
    "WARN",
    "the broker ended a publisher; another one takes its place",
  ],
  [
    { kind: "transport", event: { kind: "blocked", reason: "low on memory" } },
    "WARN",
    "the broker takes no messages until it has room again",
  ],
  [{ kind: "transport", event: { kind: "unblocked" } }, "INFO", "the broker takes messages again"],
  [
    { kind: "transport", event: { kind: "hold_lost", queue: "ocr" } },
    "WARN",
    "a message was taken away before it was settled",
  ],
  [
    { kind: "transport", event: { kind: "polling", reason: "limit" } },
    "WARN",
    "messages are found by polling",
  ],
  [
    { kind: "host_ready", speaks: "session", concurrency: 4, instance: "i1" },
    "INFO",
    "the runtime is ready",
  ],
  [{ kind: "host_away", reason: "NotFound" }, "INFO", "the runtime is not there yet"],
  [
    { kind: "long_holds", longestMs: 3_600_000, allowedMs: 1_800_000 },
    "WARN",
    "a message may be held for longer than the broker allows",
  ],
  [
    { kind: "runtime_died", reason: "oom", calls: 2, culprits: 0, suspects: 2 },
    "WARN",
    "the runtime died during calls",
  ],
  [{ kind: "consuming", prefetch: 4 }, "INFO", "messages are taken"],
  [{ kind: "paused" }, "INFO", "no messages are taken while the runtime is away"],
  [{ kind: "consume_failed", reason: "no" }, "WARN", "the queue cannot be consumed from"],
  [
    { kind: "foreign_step", step: "other" },
    "WARN",
    "a message names another step than this queue's",
  ],
  [{ kind: "called", jobId: "j1", durationMs: 1 }, "DEBUG", "the handler was called"],
  [
    { kind: "processed", jobId: "j1", status: "success", durationMs: 1 },
    "DEBUG",
    "a message was processed",
  ],
  [{ kind: "failed", jobId: "j1", failure, durationMs: 1 }, "WARN", "a message failed"],
  [
    { kind: "resent", jobId: "j1", why: "runtime_died" },
    "WARN",
    "a message goes back to its queue to be tried again",
  ],
  [{ kind: "resent", jobId: "j1", why: "early" }, "WARN", "a message goes back to its queue"],
  [
    { kind: "dropped", jobId: "j1", why: "inactive" },
    "INFO",
    "a message was acknowledged without work",
  ],
  [{ kind: "abandoned" }, "WARN", "a message is left to the transport"],
  [{ kind: "inactive", jobs: 2 }, "INFO", "nobody waits for some jobs any more"],
  [{ kind: "gateway_away", reason: "no" }, "WARN", "the gateway takes no progress"],
  [{ kind: "gateway_back" }, "INFO", "the gateway takes progress again"],
  [
    { kind: "progress_dropped", reports: 2, why: "full", detail: "" },
    "WARN",
    "progress reports were dropped",
  ],
  [
    { kind: "chunks_awaited", outcome: "late" },
    "WARN",
    "a message went on before its chunks arrived",
  ],
  [{ kind: "draining", inHand: 2 }, "INFO", "draining"],
  [{ kind: "drained", inHand: 0 }, "INFO", "drained"],
];

for (const [event, level, message] of spoken) {
  Deno.test(`[C6] ${JSON.stringify(event)} is one line`, async () => {
    const { take, lines } = await heard();
    take(event);
    assert.deepEqual(lines.map(({ level, message }) => [level, message]), [[level, message]]);
    const jobId = "jobId" in event ? event.jobId : undefined;
    assert.deepEqual([lines[0]?.job_id, lines[0]?.jobId], [jobId, undefined]);
  });
}

Deno.test("[C6] a runtime that was there and is away is a warning", async () => {
  const { take, lines } = await heard();
  take(
    { kind: "host_ready", speaks: "session", concurrency: 1, instance: "i1" },
    { kind: "host_away", reason: "it closed" },
  );
  assert.deepEqual(lines.map(({ level, message }) => [level, message]), [
    ["INFO", "the runtime is ready"],
    ["WARN", "the runtime is away"],
  ]);
});

Deno.test("[C6] another try of a terminal actor says what went wrong, once in a while", async () => {
  const { lines, take } = await heard();
  const event: Event = { kind: "resent", jobId: "", why: "own_failure", failure };
  take(event, event);
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.failure, "too long");
  assert.equal(lines[0]?.code, "timeout_error");
});

Deno.test("what happens with every message in its course is not logged", async () => {
  const { take, lines } = await heard();
  take(
    { kind: "received", bytes: 1, waitMs: 1 },
    { kind: "sent", queue: "classify", bytes: 1, durationMs: 1 },
    { kind: "settled" },
  );
  assert.deepEqual(lines, []);
});

Deno.test("metrics that an author named are declared", async () => {
  const { metrics } = await heard([
    { name: "pages_total", type: "counter", help: "pages", labels: [], buckets: [1] },
    { name: "queue_depth", type: "gauge", help: "depth", labels: ["kind"], buckets: [1] },
    { name: "page_seconds", type: "histogram", help: "time", labels: [], buckets: [1, 2] },
  ]);
  const lines = await metrics();
  for (
    const line of [
      "asya_actor_pages_total 0",
      "# TYPE asya_actor_queue_depth gauge",
      'asya_actor_page_seconds_bucket{le="2"} 0',
    ]
  ) assert(lines.includes(line), line);
});
