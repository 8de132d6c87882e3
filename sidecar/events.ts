import type { Failure, Measure } from "@asya/protocol";
import type { TransportEvent } from "@asya/transport";
import type { DeathReason, RetryCause } from "./decision.ts";

/** What is said of the work that an event is about. */
export interface AboutWork {
  /** The job; `""` where nobody knows it. */
  readonly jobId: string;
  /** Where the work stands in its trace, where it has one. */
  readonly traceparent?: string;
}

/** What happens in a sidecar that its operator may want to log, count or show. */
export type Event =
  /** The process works; its health is served on a port. */
  | { readonly kind: "started"; readonly queue: string; readonly operationsPort: number }
  | { readonly kind: "transport"; readonly event: TransportEvent }
  /** The host answered and takes calls. */
  | {
    readonly kind: "host_ready";
    readonly speaks: "session" | "one_exchange";
    readonly concurrency: number;
    readonly instance: string;
  }
  /** A message may be held for longer than the broker allows, as a rule. */
  | { readonly kind: "long_holds"; readonly longestMs: number; readonly allowedMs: number }
  /** The host went, or cannot be reached, or is so for another reason than before. */
  | { readonly kind: "host_away"; readonly reason: string }
  /** An instance of the runtime died and took calls along. */
  | {
    readonly kind: "runtime_died";
    readonly reason: DeathReason;
    readonly calls: number;
    readonly culprits: number;
    readonly suspects: number;
  }
  /** Messages are taken from the queue, so many at a time. */
  | { readonly kind: "consuming"; readonly prefetch: number }
  /** No messages are taken for the time being. */
  | { readonly kind: "paused" }
  /** The queue cannot be consumed from; this is tried again. */
  | { readonly kind: "consume_failed"; readonly reason: string }
  /** A message came; the wait is that since the one before came or went. */
  | { readonly kind: "received"; readonly bytes: number; readonly waitMs: number }
  /** A message names another step than this queue's; it is worked on all the same. */
  | { readonly kind: "foreign_step"; readonly step: string }
  /** The handler was called and the call ended. */
  | AboutWork & {
    readonly kind: "called";
    readonly durationMs: number;
    /** The failure's code, where it failed. */
    readonly errorCode?: string;
  }
  /** The handler measured something. */
  | {
    readonly kind: "measured";
    readonly measures: readonly Measure[];
    /** How many its host left out, since there were too many. */
    readonly dropped: number;
    /** How many could not be read. */
    readonly refused: number;
  }
  /** A message was published and confirmed. */
  | {
    readonly kind: "sent";
    readonly queue: string;
    readonly bytes: number;
    readonly durationMs: number;
  }
  /** A publish was not confirmed; it is tried again. */
  | {
    readonly kind: "send_failed";
    readonly queue: string;
    readonly outcome: "unroutable" | "failed";
    readonly attempt: number;
  }
  /** A message is done. */
  | AboutWork & {
    readonly kind: "processed";
    readonly status: "success" | "empty_response" | "terminal_consumed" | "late";
    readonly durationMs: number;
  }
  /** A message failed, and error-end (or the dead letters) has it. */
  | AboutWork & {
    readonly kind: "failed";
    readonly failure: Failure;
    readonly durationMs: number;
  }
  /** A message went back to its own queue. */
  | AboutWork & {
    readonly kind: "resent";
    readonly why: RetryCause;
    /** What went wrong, where that is why. */
    readonly failure?: Failure;
  }
  /** A message was acknowledged without being worked on. */
  | AboutWork & {
    readonly kind: "dropped";
    readonly why: "inactive" | "duplicate";
  }
  /** A message was left to the transport, since this process ends. */
  | { readonly kind: "abandoned" }
  /** The work on a message ended, however it did. */
  | { readonly kind: "settled" }
  /** The gateway named jobs that nobody waits for any more. */
  | { readonly kind: "inactive"; readonly jobs: number }
  /** The gateway takes no progress; this is tried again. */
  | { readonly kind: "gateway_away"; readonly reason: string }
  /** The gateway takes progress again. */
  | { readonly kind: "gateway_back" }
  /**
   * A message was held until what its handler streamed had arrived: until the gateway answered, to
   * the limit, or not at all, since the gateway is away or slow.
   */
  | { readonly kind: "chunks_awaited"; readonly outcome: "answered" | "late" | "skipped" }
  /** Progress reports were thrown away. */
  | {
    readonly kind: "progress_dropped";
    readonly reports: number;
    readonly why: "full" | "refused" | "too_large" | "late";
    readonly detail: string;
  }
  /** A signal asked the process to end. */
  | { readonly kind: "draining"; readonly inHand: number }
  /** The process has nothing in hand any more. */
  | { readonly kind: "drained"; readonly inHand: number };

/** Takes events; must not throw. */
export type Emit = (event: Event) => void;
