import type { Measure } from "@asya/protocol/measure";
import { CallMetrics } from "./measures/call_metrics.ts";
import type { HandlerContext, HandlerLog } from "./handler.ts";
import type { Received } from "./received.ts";
import { StreamMeter } from "./measures/stream_meter.ts";

/** What a context needs of its host. */
export interface ContextHost {
  /** Sends a report of progress; drops it where nobody listens. */
  readonly progress: (fraction: number | undefined, message: string | undefined) => void;
  /** Creates the log of one job. */
  readonly createLog: (jobId: string, traceparent: string | undefined) => HandlerLog;
  /** Takes what the handler measured; drops it where nobody listens. */
  readonly measure: (measure: Measure) => void;
  /** Milliseconds by a clock that nobody sets. */
  readonly elapsed: () => number;
}

/** The context of one call. What a handler seldom asks for is made when it does. */
export class CallContext implements HandlerContext {
  readonly jobId: string;
  readonly attempt: number;
  traceparent?: string;
  readonly progress: HandlerContext["progress"];
  readonly #deadlineMs: number;
  readonly #host: ContextHost;
  #controller: AbortController | undefined;
  #stopReason: Error | undefined;
  #log: HandlerLog | undefined;
  #metrics: CallMetrics | undefined;
  #isOver = false;

  /**
   * @param received what came in
   * @param deadlineMs milliseconds since the epoch
   * @param host where progress, log lines and measures go
   */
  constructor(received: Received, deadlineMs: number, host: ContextHost) {
    this.jobId = received.jobId;
    this.attempt = received.attempt;
    if (received.traceparent !== undefined) this.traceparent = received.traceparent;
    this.#deadlineMs = deadlineMs;
    this.#host = host;
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
    return this.#log ??= this.#host.createLog(this.jobId, this.traceparent);
  }

  get metrics(): CallMetrics {
    return this.#metrics ??= new CallMetrics({
      measure: (measure) => this.#measure(measure),
      elapsed: this.#host.elapsed,
      warn: (message, fields) => this.log.warn(message, fields),
    });
  }

  /** The handler is in a span of its own from now on. */
  enter(traceparent: string): void {
    this.traceparent = traceparent;
  }

  /** Why the call was told to stop, if it was. */
  get stopReason(): Error | undefined {
    return this.#stopReason;
  }

  /** Begins to measure what the handler streams. */
  beginStream(): { yielded(): void; end(): void } {
    const meter = new StreamMeter(this.#host.elapsed);
    return {
      yielded: () => {
        meter.yielded();
        this.#metrics?.yielded();
      },
      end: () => {
        const measure = meter.end();
        if (measure) this.#measure(measure);
      },
    };
  }

  /**
   * The call is answered: what was measured is complete, and later words are not heard.
   *
   * @param errorType what kind of failure it ended in, if it did
   */
  finish(errorType: string | undefined): void {
    this.#metrics?.end(errorType);
    this.#isOver = true;
  }

  #measure(measure: Measure): void {
    if (!this.#isOver) this.#host.measure(measure);
  }

  /** Tells the handler to stop. */
  stop(reason: Error): void {
    this.#stopReason ??= reason;
    this.#controller?.abort(this.#stopReason);
  }
}
