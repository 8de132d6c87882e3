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
      [0, { kind: "store_refused", jobId, reason: "too large" }],
      [0, { kind: "reported", jobId, status: "failed" }],
      [0, { kind: "report_refused", jobId, detail: "no" }],
      [0, { kind: "retried", jobId, step: "a", attempt: 2, delayMs: 5_000 }],
      [0, { kind: "dead_lettered", jobId, reason: "it broke" }],
      [0, { kind: "marked", jobId, join: "gather" }],
      [0, { kind: "notice_lost", jobId, reason: "no answer" }],
      [0, { kind: "joined", jobId, outcome: "merge" }],
    ]),
    [
      "debug outcome stored",
      "warn the outcome differs from the one stored before",
      "warn the store refused the outcome",
      "debug outcome reported",
      "warn the gateway refused the report",
      "info failed work is tried again",
      "warn work is dead-lettered",
      "debug the join is told how a branch ended",
      "debug those who watch the job are not told what becomes of failed work",
      "debug the join has decided",
    ],
  );
});

Deno.test("what may be wrong with every message is counted, and logged once a minute", pure, () => {
  const unknown = { kind: "unknown_job", jobId: "j1" } as const;
  const bad = { kind: "bad_retry_policy", jobId: "j1", problems: "no" } as const;
  const late = { kind: "late_branch", jobId: "j1", branch: 2 } as const;
  const away = { kind: "join_away", jobId: "j1", reason: "no answer" } as const;
  const events = [0, 1, 59_999, 60_000].flatMap((at) =>
    [unknown, bad, late, away].map((event) => [at, event] as const)
  );
  assert.deepEqual(linesOf(events), [
    "warn the gateway does not know this job 1",
    "warn a message's retry policy is wrong and not used 1",
    "warn a branch came when its join had gone on 1",
    "warn the join's database is away; branches wait 1",
    "warn the gateway does not know this job 4",
    "warn a message's retry policy is wrong and not used 4",
    "warn a branch came when its join had gone on 4",
    "warn the join's database is away; branches wait 4",
  ]);
});
