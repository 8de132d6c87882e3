import { createLogger, createMetrics } from "@asya/program";
import assert from "node:assert/strict";
import type { Event } from "./event.ts";
import { KubeError } from "./reconcile/kube_error.ts";
import { createTelemetry } from "./telemetry.ts";

const key = { kind: "actor", namespace: "docs", name: "ocr" } as const;
const error = new KubeError("forbidden", "patch x: the API server answered 403");

async function tellAll(events: readonly Event[]) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    program: "operator",
    level: "INFO",
    format: "json",
    write: (line) => lines.push(JSON.parse(line)),
  });
  const metrics = await createMetrics({ namespace: "asya_operator" });
  const readings = { depth: () => 3, actors: () => 7 };
  const emit = createTelemetry({ log, metrics, readings });
  for (const event of events) emit(event);
  return { lines, metrics: (await metrics.render()).split("\n") };
}

const rows: [string, Event, string | undefined, string | undefined][] = [
  [
    "a look that is hindered",
    { kind: "reconciled", key, result: "failed", ms: 5, error, retryInMs: 200 },
    "WARN something stands in the way",
    'asya_operator_reconcile_errors_total{code="forbidden"} 1',
  ],
  [
    "a conflict",
    { kind: "reconciled", key, result: "conflict", ms: 5, error },
    undefined,
    'asya_operator_reconcile_total{of="actor",result="conflict"} 1',
  ],
  [
    "a look",
    { kind: "reconciled", key, result: "done", ms: 5 },
    undefined,
    'asya_operator_reconcile_total{of="actor",result="done"} 1',
  ],
  [
    "a request without an answer",
    { kind: "api_asked", verb: "patch", ms: 5 },
    undefined,
    'asya_operator_api_requests_total{verb="patch",code="0"} 1',
  ],
  [
    "a watch that was too old",
    { kind: "watch_ended", resource: "jobs", why: "expired" },
    undefined,
    'asya_operator_watch_restarts_total{resource="jobs",why="expired"} 1',
  ],
  [
    "a watch that is cut off once",
    { kind: "watch_failed", resource: "jobs", error, before: 0 },
    undefined,
    undefined,
  ],
  [
    "a watch that cannot be had",
    { kind: "watch_failed", resource: "jobs", error, before: 1 },
    "WARN a resource cannot be watched",
    undefined,
  ],
  [
    "a server that is not checked",
    { kind: "server_unverified", server: "https://kube" },
    "WARN the API server's certificate is not checked",
    undefined,
  ],
  [
    "leading",
    { kind: "leading", identity: "me" },
    "INFO this replica works",
    "asya_operator_leader 1",
  ],
  [
    "an Event that is lost",
    { kind: "event_failed", reason: "Created", error },
    "WARN an Event could not be written",
    "asya_operator_events_lost_total 1",
  ],
];
for (const [name, event, line, metric] of rows) {
  Deno.test(`what becomes of an event: ${name}`, async () => {
    const { lines, metrics } = await tellAll([event]);
    assert.deepEqual(lines.map(({ level, message }) => `${level} ${message}`), line ? [line] : []);
    if (metric) assert(metrics.includes(metric), metrics.join("\n"));
  });
}

Deno.test("what is read at the moment is in the metrics, and the lead ends with the lease", async () => {
  const { metrics } = await tellAll([
    { kind: "leading", identity: "me" },
    { kind: "leadership_lost", reason: "it was not renewed in time" },
  ]);
  for (const line of ["workqueue_depth 3", "actors 7", "leader 0"]) {
    assert(metrics.includes(`asya_operator_${line}`), line);
  }
});
