import type { JobEnd, JobStatus } from "@asya/protocol";
import type { TransportEvent } from "@asya/transport";
import type { Refusal } from "./auth/denial.ts";
import type { KeysEvent } from "./auth/key_set.ts";
import type { Census } from "./jobs/census.ts";
import type { StoreOperation } from "./stores/store_operation.ts";
import type { StoreEvent } from "./stores/store_event.ts";

/** Everything that happens in a gateway and that somebody may want to log or count. */
export type Event =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "connections_refused"; readonly error: unknown }
  | { readonly kind: "open_to_all"; readonly host: string }
  | { readonly kind: "jobs_in_memory" }
  | { readonly kind: "reports_open" }
  | {
    readonly kind: "request";
    readonly route: string;
    readonly status: number;
    readonly ms: number;
    /** Where it stands in a trace, if it is part of one. */
    readonly traceparent?: string | undefined;
  }
  | { readonly kind: "denied" } & Refusal
  | {
    readonly kind: "request_failed";
    readonly route: string;
    readonly error: unknown;
    /** Where the request stands in a trace, if it is part of one. */
    readonly traceparent?: string | undefined;
  }
  | { readonly kind: "store_failed"; readonly doing: string; readonly error: unknown }
  | {
    readonly kind: "store_used";
    readonly operation: StoreOperation;
    readonly ms: number;
    readonly ok: boolean;
  }
  /** Without a census, another gateway counts what is in the store. */
  | { readonly kind: "counted"; readonly census: Census | undefined }
  | { readonly kind: "publish_answered"; readonly ms: number }
  | { readonly kind: "loop_measured"; readonly lateMs: number }
  | { readonly kind: "tools_loaded"; readonly names: readonly string[]; readonly atMs: number }
  | { readonly kind: "tools_refused"; readonly problems: readonly string[] }
  | { readonly kind: "call_refused"; readonly reason: CallRefusal }
  | { readonly kind: "call_repeated"; readonly tool: string }
  | { readonly kind: "job_created"; readonly tool: string }
  | { readonly kind: "job_started"; readonly tool: string; readonly afterMs: number }
  | {
    readonly kind: "job_ended";
    readonly tool: string;
    readonly status: JobStatus;
    readonly by: JobEnd;
    readonly afterMs: number;
  }
  /** A step was done with a message, and had worked on it for so long. */
  | { readonly kind: "step_completed"; readonly step: string; readonly ms: number }
  /** Work of a step was given up. */
  | { readonly kind: "step_failed"; readonly step: string }
  /** Queues were looked into: messages that wait, by queue, dead letters among them. */
  | { readonly kind: "queues_seen"; readonly waiting: ReadonlyMap<string, number> }
  | { readonly kind: "jobs_deleted"; readonly count: number }
  /** Somebody made a new job of a dead letter. */
  | {
    readonly kind: "letter_replayed";
    readonly letter: string;
    readonly jobId: string | undefined;
    readonly newJobId: string;
    readonly by: string | undefined;
    readonly traceparent?: string | undefined;
  }
  /** Somebody took a dead letter away for good. */
  | {
    readonly kind: "letter_purged";
    readonly letter: string;
    readonly jobId: string | undefined;
    readonly by: string | undefined;
    readonly traceparent?: string | undefined;
  }
  | { readonly kind: "report"; readonly report: ReportKind; readonly outcome: ReportOutcome }
  | { readonly kind: "stream_opened" }
  | { readonly kind: "stream_closed" }
  | { readonly kind: "published"; readonly count: number; readonly lagMs: number }
  | { readonly kind: "queue_missing"; readonly queue: string }
  | { readonly kind: "queue_found"; readonly queue: string }
  | { readonly kind: "undeliverable"; readonly queue: string; readonly count: number }
  | { readonly kind: "publish_failed"; readonly queue: string }
  | { readonly kind: "transport"; readonly event: TransportEvent }
  | { readonly kind: "store"; readonly event: StoreEvent }
  | { readonly kind: "keys"; readonly event: KeysEvent }
  | { readonly kind: "draining"; readonly signal: string }
  | { readonly kind: "stopped" };

/** Why a call made no job. */
export type CallRefusal = "unknown_tool" | "arguments" | "too_large" | "full" | "key_reused";

/** What an actor reports. */
export type ReportKind = "progress" | "heartbeat" | "final";

/** What became of a report. */
export type ReportOutcome = "applied" | "ignored" | "unknown_job" | "invalid";

/** Tells somebody; must not throw. */
export type Emit = (event: Event) => void;
