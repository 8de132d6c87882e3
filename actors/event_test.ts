import assert from "node:assert/strict";
import { type ActorEvent, createEventSink } from "./event.ts";

const pure = { permissions: "none" } as const;
const object = { uri: "file:///j1.json", outcome: "created" } as const;

/** Writes events at given times; gives the lines, each as its level and words. */
function linesOf(events: readonly (readonly [number, ActorEvent])[]): string[] {
  const lines: string[] = [];
  const at = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push([level, message, fields?.soFar].filter(Boolean).join(" "));
  let time = 0;
  const sink = createEventSink(() => time);
  for (const [now, event] of events) {
    time = now;
    sink(event, { debug: at("debug"), info: at("info"), warn: at("warn") });
  }
  return lines;
}

Deno.test("[C6] each event has its own constant words", pure, () => {
  const jobId = "j1";
  assert.deepEqual(
    linesOf([
      [0, { kind: "stored", jobId, object }],
      [0, { kind: "stored", jobId, object: { ...object, outcome: "kept_beside" } }],
      [0, { kind: "reported", jobId, status: "failed" }],
      [0, { kind: "report_refused", jobId, detail: "no" }],
      [0, { kind: "retried", jobId, step: "a", attempt: 2, delayMs: 5_000 }],
      [0, { kind: "dead_lettered", jobId, reason: "it broke" }],
      [0, { kind: "marked", jobId, join: "gather" }],
    ]),
    [
      "debug outcome stored",
      "warn the outcome differs from the one stored before",
      "debug outcome reported",
      "warn the gateway refused the report",
      "info failed work is tried again",
      "warn work is dead-lettered",
      "debug the join is told how a branch ended",
    ],
  );
});

Deno.test("jobs the gateway does not know are counted, and logged once a minute", pure, () => {
  const event = { kind: "unknown_job", jobId: "j1" } as const;
  assert.deepEqual(linesOf([[0, event], [1, event], [59_999, event], [60_000, event]]), [
    "warn the gateway does not know this job 1",
    "warn the gateway does not know this job 4",
  ]);
});
