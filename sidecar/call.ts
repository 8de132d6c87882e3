import { deadlineMsOf } from "@asya/protocol";
import { type Clock, Roster } from "@asya/transport";
import type { CallEnd } from "./decision.ts";
import type { Emit } from "./events.ts";
import type { HandlerCall, HandlerClient } from "./handler_client.ts";
import type { CallMeasures, CallRequest } from "./host.ts";
import type { Policy } from "./policy.ts";
import { reportHandlerProgress, reportProcessing, reportReceived } from "./progress.ts";
import { toRawBody } from "./raw_body.ts";
import type { RecentIds } from "./recent_ids.ts";
import type { Reporter } from "./report.ts";
import type { WorkTrace } from "./trace_work.ts";
import { nameWork, type StepWork, type TerminalWork, type Work } from "./work.ts";

/** What calls are made with. */
export interface CallsParts {
  readonly handler: Pick<HandlerClient, "call">;
  readonly reporter: Reporter;
  readonly policy: Policy;
  /** Jobs that nobody waits for any more. */
  readonly inactive: RecentIds;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** What is said about one call: to the host, and by the handler to the gateway. */
interface Talk {
  readonly request: CallRequest;
  /** Says that the call has ended. */
  readonly end: () => void;
  /** Waits for a moment until what the handler streamed has arrived. */
  readonly heard: () => Promise<void>;
}

/** The calls of the handler that are under way, each for one message. */
export class Calls {
  readonly #parts: CallsParts;
  /** Each with the job that waits for it; a job that fanned out may have several. */
  readonly #running = new Roster<{ readonly jobId: string; readonly call: HandlerCall }>();

  readonly #onMeasured = (measured: CallMeasures) =>
    this.#parts.emit({ kind: "measured", ...measured });

  /** @param parts the handler, and whom to tell about it */
  constructor(parts: CallsParts) {
    this.#parts = parts;
  }

  /**
   * Calls the handler for a message.
   *
   * @param work the message
   * @param trace the trace of the work, where it is recorded
   */
  async make(work: Work, trace?: WorkTrace): Promise<CallEnd> {
    const { handler, clock, emit, inactive } = this.#parts;
    const name = nameWork(work);
    const { jobId } = name;
    if (inactive.has(jobId)) return { kind: "cancelled" };
    let sentMs = clock.elapsed();
    const onSent = () => {
      sentMs = clock.elapsed();
    };
    const talk = work.kind === "step" ? this.#talk(work, onSent) : this.#quietTalk(work, onSent);
    const tracing = trace?.call();
    const call = handler.call(tracing?.carry(talk.request) ?? talk.request);
    const running = { jobId, call };
    this.#running.add(running);
    const end = await call.ended;
    this.#running.delete(running);
    talk.end();
    const errorCode = wasCalled(end) ? errorCodeOf(end) : undefined;
    tracing?.end(end.kind, errorCode);
    if (wasCalled(end)) {
      const durationMs = clock.elapsed() - sentMs;
      emit({ kind: "called", ...name, durationMs, ...(errorCode !== undefined && { errorCode }) });
      if (!inactive.has(jobId)) await talk.heard();
    }
    return inactive.has(jobId) ? { kind: "cancelled" } : end;
  }

  /**
   * Stops the calls for a job, since nobody waits for it any more.
   *
   * @param jobId the job
   */
  cancel(jobId: string): void {
    const waited = [...this.#running].filter((running) => running.jobId === jobId);
    for (const { call } of waited) call.cancel();
  }

  #talk(work: StepWork, onSent: () => void): Talk {
    const { reporter, policy } = this.#parts;
    let end = () => {};
    let seq = 0;
    let lastChunk = 0;
    reporter.report(reportReceived(work, policy));
    const request: CallRequest = {
      body: work.body,
      deadlineMs: deadlineMsOf(work.message, work.bookkeeping),
      onSent: () => {
        onSent();
        end();
        end = reporter.begin(reportProcessing(work, policy));
      },
      onProgress: (progress) => {
        const isChunk = progress.data !== undefined;
        const report = reportHandlerProgress(work, policy, progress, isChunk ? seq++ : seq);
        const number = reporter.report(report);
        if (isChunk) lastChunk = Math.max(lastChunk, number);
      },
      onMeasured: this.#onMeasured,
    };
    return { request, end: () => end(), heard: () => reporter.settled(lastChunk) };
  }

  /** Terminal actors report no progress. */
  #quietTalk({ received }: TerminalWork, onSent: () => void): Talk {
    const request: CallRequest = {
      body: received.body,
      raw: () => toRawBody(received),
      onSent,
      onProgress: () => {},
      onMeasured: this.#onMeasured,
    };
    return { request, end: () => {}, heard: () => Promise.resolve() };
  }
}

type CalledEnd = Extract<CallEnd, { kind: "replied" | "timed_out" | "died" }>;

/** Whether the handler was called, and the call came to an end of its own. */
function wasCalled(end: CallEnd): end is CalledEnd {
  return end.kind === "replied" || end.kind === "timed_out" || end.kind === "died";
}

function errorCodeOf(end: CalledEnd): string | undefined {
  switch (end.kind) {
    case "replied":
      return end.reply.kind === "failure" ? end.reply.failure.code : undefined;
    case "timed_out":
      return "timeout_error";
    case "died":
      return end.reason === "oom" ? "oom_error" : "connection_error";
  }
}
