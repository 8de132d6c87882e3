import { createFailure } from "@asya/protocol/failure";
import type { Measure } from "@asya/protocol/measure";
import type { ReplyFormat } from "@asya/protocol/reply";
import type { InstanceExit } from "@asya/protocol/session";
import { CallContext } from "./call_context.ts";
import type { Call, Calls } from "./calls.ts";
import { encodeOutcome, ENVELOPE_BYTES, type ReplyForm } from "./encode_outcome.ts";
import type { Event } from "./event.ts";
import type { HandlerLog } from "./handler.ts";
import { invoke } from "./invoke.ts";
import type { LoadedHandler } from "./pick_handler.ts";
import { errorTypeOf } from "./read_result.ts";
import type { Received } from "./received.ts";
import type { CallTracer } from "./trace_call.ts";

/** What the process that runs the handler is told about how to do so. */
export interface HostOptions {
  readonly concurrency: number;
  readonly replyFormat: ReplyFormat;
  readonly includeMetadata: boolean;
  /** Whether the actor ends routes. */
  readonly isTerminal: boolean;
  /** Milliseconds a call may take that does not say so itself. */
  readonly timeoutMs: number;
  readonly maxFrameBytes: number;
  readonly chunkBytes: number;
  readonly detectOutOfMemory: boolean;
  readonly cleansGpu: boolean;
}

/** What connections need of the process they are served by. */
export interface Host {
  readonly options: HostOptions;
  readonly handler: LoadedHandler;
  readonly calls: Calls;
  /** Identity of the process on the wire. */
  readonly instance: string;
  /** How earlier instances ended. */
  readonly exits: readonly InstanceExit[];
  readonly now: () => number;
  /** Milliseconds by a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Calls back once, after so many milliseconds; gives what takes that back. */
  readonly after: (delayMs: number, wake: () => void) => () => void;
  readonly createLog: (jobId: string, traceparent: string | undefined) => HandlerLog;
  /** Traces calls; absent where nobody collects traces. */
  readonly tracer?: CallTracer | undefined;
  readonly onEvent: (event: Event) => void;
  /** Told when a session opens or closes. */
  readonly sessions: Sessions;
}

/** The sessions that are open. */
export interface Sessions {
  /** Opens a session and gives its number. */
  open(): number;
  /** Closes it. */
  close(session: number): void;
}

/** One call that a connection makes. */
export interface HostedCall {
  readonly session: number;
  readonly number: number;
  readonly received: Received;
  /** Milliseconds the handler may take. */
  readonly timeoutMs?: number;
  readonly format: ReplyFormat;
  /** Takes the JSON text of the reply. */
  readonly answer: (text: string) => void;
  /** Takes a report of progress. */
  readonly progress: (fraction: number | undefined, message: string | undefined) => void;
  /** Takes one streamed partial as JSON text; resolves when there is room for the next. */
  readonly sendPartial: (text: string) => Promise<void>;
  /** Takes what the handler measured. */
  readonly measure: (measure: Measure) => void;
}

/**
 * Makes a call of the handler.
 *
 * @param host where
 * @param hosted what to call it with, and where its answer goes
 */
export function submitCall(host: Host, hosted: HostedCall): void {
  const { received, session, number, answer, format } = hosted;
  const { handler, options } = host;
  const deadlineMs = host.now() + (hosted.timeoutMs ?? options.timeoutMs);
  const { progress, sendPartial, measure } = hosted;
  const { createLog, elapsed } = host;
  const ctx = new CallContext(received, deadlineMs, { progress, createLog, measure, elapsed });
  const { detectOutOfMemory, cleansGpu, maxFrameBytes } = options;
  const invokeOptions = {
    sendPartial,
    maxPartialBytes: maxFrameBytes - ENVELOPE_BYTES,
    detectOutOfMemory,
    cleansGpu,
  };
  const run = () => invoke(handler, received.forHandler, ctx, invokeOptions);
  const call: Call = {
    session,
    number,
    jobId: received.jobId,
    traceparent: () => ctx.traceparent,
    deadlineMs,
    run: () => host.tracer?.run(ctx, run) ?? run(),
    stop: (reason) => ctx.stop(reason),
    answer: (outcome) => {
      ctx.finish(errorTypeOf(outcome));
      answer(encodeOutcome(outcome, replyForm(host, format), received.message));
    },
  };
  host.calls.submit(call);
}

/**
 * The JSON text of a reply that says a failure, without a call.
 *
 * @param host whose cap and format count
 * @param format of the reply
 * @param code of the failure
 * @param message of the failure
 */
export function failureText(
  host: Host,
  format: ReplyFormat,
  code: "invalid_json" | "malformed_message" | "frame_too_large",
  message: string,
): string {
  const reply = { kind: "failure", failure: createFailure(code, message) } as const;
  return encodeOutcome({ kind: "reply", reply }, replyForm(host, format), undefined);
}

function replyForm(host: Host, format: ReplyFormat): ReplyForm {
  return {
    format,
    maxBytes: host.options.maxFrameBytes,
    oneItem: host.options.isTerminal,
  };
}
