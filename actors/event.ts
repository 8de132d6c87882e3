import type { StoredObject } from "./object_store.ts";

/** What a terminal actor or a join did that somebody may want to know. */
export type ActorEvent =
  /** An outcome is in the store. */
  | { readonly kind: "stored"; readonly jobId: string; readonly object: StoredObject }
  /** The store will never take an outcome. */
  | { readonly kind: "store_refused"; readonly jobId: string; readonly reason: string }
  /** The gateway took a final report. */
  | { readonly kind: "reported"; readonly jobId: string; readonly status: "succeeded" | "failed" }
  /** The gateway does not know a job whose outcome is stored. */
  | { readonly kind: "unknown_job"; readonly jobId: string }
  /** The gateway refused a report for good. */
  | { readonly kind: "report_refused"; readonly jobId: string; readonly detail: string }
  /** Failed work goes back to its step. */
  | {
    readonly kind: "retried";
    readonly jobId: string;
    readonly step: string;
    readonly attempt: number;
    readonly delayMs: number;
  }
  /** A message says wrongly how its step is to be tried again, and the settings count instead. */
  | { readonly kind: "bad_retry_policy"; readonly jobId: string; readonly problems: string }
  /** Those who watch a job were not told of a retry. */
  | { readonly kind: "notice_lost"; readonly jobId: string; readonly reason: string }
  /** Work was dead-lettered. */
  | { readonly kind: "dead_lettered"; readonly jobId: string; readonly reason: string }
  /** A join was told how a branch ended. */
  | { readonly kind: "marked"; readonly jobId: string; readonly join: string }
  /** A join has decided about a fan-out. */
  | { readonly kind: "joined"; readonly jobId: string; readonly outcome: "merge" | "fail" }
  /** A branch came when its join had gone on. */
  | { readonly kind: "late_branch"; readonly jobId: string; readonly branch: number }
  /** A join's database is away; its branches come again later. */
  | { readonly kind: "join_away"; readonly jobId: string; readonly reason: string };

/** The part of a handler's log that events are written to. */
export interface EventLog {
  /** Logs what only someone who looks for a fault wants to read. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator wants to know. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Logs what an operator should look into, though work goes on. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Writes events as log lines with constant words. */
export type EventSink = (event: ActorEvent, log: EventLog) => void;

/** A gateway that lost its jobs, or a producer with a slip, must not flood the log. */
const REPEATED_EVERY_MS = 60_000;

/**
 * Creates what turns events into log lines. Jobs that the gateway does not know, and messages that
 * say wrongly how to try again, are counted, and logged at most once a minute.
 *
 * @param now the clock, in milliseconds
 * @example
 * ```ts
 * import { createEventSink } from "./event.ts";
 * import assert from "node:assert/strict";
 * const lines: string[] = [];
 * const log = { debug() {}, info() {}, warn: (message: string) => void lines.push(message) };
 * const sink = createEventSink(() => 0);
 * sink({ kind: "unknown_job", jobId: "j1" }, log);
 * sink({ kind: "unknown_job", jobId: "j2" }, log);
 * assert.deepEqual(lines, ["the gateway does not know this job"]);
 * ```
 */
export function createEventSink(now: () => number): EventSink {
  const repeated = new Map<string, { count: number; loggedAtMs: number }>();
  const warnNowAndThen = (kind: string, log: EventLog, message: string, fields: object) => {
    const { count, loggedAtMs } = repeated.get(kind) ?? { count: 0, loggedAtMs: -Infinity };
    const isTime = now() - loggedAtMs >= REPEATED_EVERY_MS;
    repeated.set(kind, { count: count + 1, loggedAtMs: isTime ? now() : loggedAtMs });
    if (isTime) log.warn(message, { ...fields, soFar: count + 1 });
  };
  return (event, log) => {
    // The log knows the job by this name already; it is told once.
    const { kind, jobId: job_id, ...rest } = event;
    const fields = { ...rest, job_id };
    switch (kind) {
      case "stored":
        return event.object.outcome === "kept_beside"
          ? log.warn("the outcome differs from the one stored before", fields)
          : log.debug("outcome stored", fields);
      case "store_refused":
        return log.warn("the store refused the outcome", fields);
      case "reported":
        return log.debug("outcome reported", fields);
      case "unknown_job":
        return warnNowAndThen(kind, log, "the gateway does not know this job", fields);
      case "bad_retry_policy":
        return warnNowAndThen(kind, log, "a message's retry policy is wrong and not used", fields);
      case "notice_lost":
        return log.debug(
          "those who watch the job are not told what becomes of failed work",
          fields,
        );
      case "report_refused":
        return log.warn("the gateway refused the report", fields);
      case "retried":
        return log.info("failed work is tried again", fields);
      case "dead_lettered":
        return log.warn("work is dead-lettered", fields);
      case "marked":
        return log.debug("the join is told how a branch ended", fields);
      case "joined":
        return log.debug("the join has decided", fields);
      case "late_branch":
        return warnNowAndThen(kind, log, "a branch came when its join had gone on", fields);
      case "join_away":
        return warnNowAndThen(kind, log, "the join's database is away; branches wait", fields);
    }
  };
}
