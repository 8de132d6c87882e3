import type { Heartbeat } from "@asya/protocol";
import { type OutgoingSend, RetryableError } from "@asya/runtime";
import type { ActorConfig } from "./config.ts";
import { createDeadLetter, type DeadWork } from "./dead_letter.ts";
import { type ActorEvent, createEventSink, type EventLog } from "./event.ts";
import { createGatewayReporter } from "./gateway_report.ts";
import { openObjectStore } from "./open_object_store.ts";
import type { Outcome } from "./outcome.ts";
import { createJobNotices, type JobNotices } from "./job_notices.ts";
import { type Destinations, type Settled, settleOutcome } from "./settle.ts";

/** What a handler is told about its call, as far as terminal actors use it. */
export interface TerminalCall {
  readonly signal: AbortSignal;
  readonly log: EventLog;
}

/** What happy-end and error-end have in common: where outcomes, dead letters and events go. */
export class Terminal {
  readonly config: ActorConfig;
  readonly #to: Destinations;
  readonly #notices: JobNotices | undefined;
  readonly #sink = createEventSink(() => Date.now());

  /** @param config the settings; what is not set there is left out */
  constructor(config: ActorConfig) {
    const { gatewayUrl, internalToken } = config;
    const store = openObjectStore(config);
    this.config = config;
    this.#notices = gatewayUrl === undefined
      ? undefined
      : createJobNotices({ url: gatewayUrl, token: internalToken });
    this.#to = {
      ...(store && { store }),
      ...(gatewayUrl !== undefined && {
        reporter: createGatewayReporter({ url: gatewayUrl, token: internalToken }),
      }),
    };
  }

  /** Logs what happened. */
  tell(event: ActorEvent, call: TerminalCall): void {
    this.#sink(event, call.log);
  }

  /** Tells those who watch a job what becomes of failed work, without waiting for them. */
  notify(jobId: string, notice: Heartbeat, call: TerminalCall): void {
    const onLost = (reason: string) => this.tell({ kind: "notice_lost", jobId, reason }, call);
    this.#notices?.send(jobId, notice, onLost);
  }

  /** Waits for what is still being told. */
  async close(): Promise<void> {
    await this.#notices?.flush();
  }

  /**
   * Stores and reports an outcome.
   *
   * @throws RetryableError when it cannot be stored or reported now: the sidecar then keeps the
   *   message and brings it again later
   */
  async settle(
    outcome: Outcome,
    call: TerminalCall,
  ): Promise<Exclude<Settled, { kind: "try_later" }>> {
    const settled = await settleOutcome(outcome, this.#to, {
      signal: call.signal,
      onEvent: (event) => this.tell(event, call),
    });
    if (settled.kind !== "try_later") return settled;
    throw new RetryableError(`the outcome is not settled: ${settled.reason}`, {
      ...(settled.retryAfterSeconds !== undefined &&
        { retryAfterSeconds: settled.retryAfterSeconds }),
    });
  }

  /**
   * The send of a dead letter.
   *
   * @throws Error for a body that no send can carry; the sidecar, which has the bytes, then
   *   dead-letters it
   */
  deadLetter(work: DeadWork, reason: string, call: TerminalCall): OutgoingSend {
    const { deadLetterQueue, maxMessageBytes } = this.config;
    const letter = createDeadLetter(work, deadLetterQueue, maxMessageBytes);
    this.tell({ kind: "dead_lettered", jobId: work.jobId, reason }, call);
    if (letter) return letter;
    throw new Error(
      `a body of ${work.body.length} bytes is too large for a dead letter of at most ` +
        `${maxMessageBytes} bytes, and is stored nowhere; set ASYA_S3_BUCKET or ASYA_RESULTS_DIR`,
    );
  }
}
