import assert from "node:assert/strict";
import { createLogger } from "@asya/program/log";
import type { Event } from "./event.ts";
import { reportEvent } from "./report_event.ts";

const exit = { instance: "i", reason: "oom", at: "2026-01-01T00:00:00Z" } as const;
const events: readonly [event: Event, level: string][] = [
  [{ kind: "load_failed", handler: "./h.ts", error: new Error("no weights") }, "ERROR"],
  [{ kind: "host_ready", instance: "i", socketPath: "/s" }, "INFO"],
  [{ kind: "host_draining", reason: "SIGTERM" }, "INFO"],
  [{ kind: "host_recycling", instance: "i" }, "WARN"],
  [{ kind: "error_unhandled", error: new Error("stray") }, "ERROR"],
  [{ kind: "close_failed", error: "text" }, "ERROR"],
  [{ kind: "peer_refused", reason: "?" }, "WARN"],
  [{ kind: "accept_failed", error: new Error("no files left") }, "ERROR"],
  [{ kind: "call_slow", jobId: "j", runningMs: 5 }, "WARN"],
  [{ kind: "call_abandoned", jobId: "j", runningMs: 5 }, "ERROR"],
  [{ kind: "child_started", pid: 7, heapMb: 100 }, "DEBUG"],
  [{ kind: "child_ended", pid: 7, exit }, "ERROR"],
  [{ kind: "child_killed", pid: 7, why: "blocked" }, "ERROR"],
  [{ kind: "child_restarting", delayMs: 0 }, "INFO"],
  [{ kind: "orphan_found", pid: 7 }, "WARN"],
  [{ kind: "memory_limit_unknown", reason: "no cat" }, "WARN"],
];

for (const [event, level] of events) {
  Deno.test(`[C6] ${event.kind} is one line with constant words`, { permissions: "none" }, () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const log = createLogger({ program: "runtime", level: "DEBUG", format: "json", write });
    reportEvent(log, event);
    assert.equal(lines.length, 1);
    const { kind: _, ...fields } = event;
    const line = JSON.parse(lines[0]!);
    assert.equal(line.level, level);
    assert.match(line.message, /^[a-zA-Z_; ,-]+$/);
    for (const name of Object.keys(fields)) {
      const written = name === "jobId" ? "job_id" : name;
      assert(written in line, written);
    }
  });
}
