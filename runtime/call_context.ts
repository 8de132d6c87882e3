import type { HandlerContext, HandlerLog } from "./handler.ts";
import type { Received } from "./received.ts";

/** What a context needs of its host. */
export interface ContextHost {
  /** Sends a report of progress; drops it where nobody listens. */
  readonly progress: (fraction: number | undefined, message: string | undefined) => void;
  /** Creates the log of one job. */
  readonly createLog: (jobId: string, traceparent: string | undefined) => HandlerLog;
}

/** The context of one call. Its signal and its log are made when the handler first asks for them. */
export class CallContext implements HandlerContext {
  readonly jobId: string;
  readonly attempt: number;
  traceparent?: string;
  readonly progress: HandlerContext["progress"];
  readonly #deadlineMs: number;
  readonly #createLog: ContextHost["createLog"];
  #controller: AbortController | undefined;
  #stopReason: Error | undefined;
  #log: HandlerLog | undefined;

  /**
   * @param received what came in
   * @param deadlineMs milliseconds since the epoch
   * @param host where progress and log lines go
   */
  constructor(received: Received, deadlineMs: number, host: ContextHost) {
    this.jobId = received.jobId;
    this.attempt = received.attempt;
    if (received.traceparent !== undefined) this.traceparent = received.traceparent;
    this.#deadlineMs = deadlineMs;
    this.#createLog = host.createLog;
    this.progress = (fraction, message) => {
      const isFraction = typeof fraction === "number" && !Number.isNaN(fraction);
      host.progress(
        isFraction ? Math.min(1, Math.max(0, fraction)) : undefined,
        message === undefined ? undefined : String(message),
      );
    };
  }

  get deadline(): Date {
    return new Date(this.#deadlineMs);
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#stopReason) this.#controller.abort(this.#stopReason);
    }
    return this.#controller.signal;
  }

  get log(): HandlerLog {
    return this.#log ??= this.#createLog(this.jobId, this.traceparent);
  }

  /** The handler is in a span of its own from now on. */
  enter(traceparent: string): void {
    this.traceparent = traceparent;
  }

  /** Why the call was told to stop, if it was. */
  get stopReason(): Error | undefined {
    return this.#stopReason;
  }

  /** Tells the handler to stop. */
  stop(reason: Error): void {
    this.#stopReason ??= reason;
    this.#controller?.abort(this.#stopReason);
  }
}
