import type { Environment } from "@asya/program";
import { parseErrorEnvelope, type ReceivedFailure } from "@asya/protocol";
import {
  type Answer,
  type HandlerContext,
  type HandlerMessage,
  type OutgoingSend,
  sends,
} from "@asya/runtime";
import { readActorConfig } from "./config.ts";
import { createRetry, failedOutcome } from "./give_up.ts";
import { Terminal } from "./terminal.ts";
import { readTerminalInput } from "./terminal_input.ts";

/**
 * The actor behind everything that went wrong: sends back what may work on another try, and sees
 * to it that what is given up is stored, dead-lettered and reported.
 */
export class ErrorEnd {
  readonly #terminal: Terminal;

  /**
   * Reads the settings; nothing is opened yet.
   *
   * @param env the environment of its host, which holds the settings
   * @throws TypeError when a setting is wrong
   */
  constructor(env: Environment = Deno.env.toObject()) {
    this.#terminal = new Terminal(readActorConfig(env));
  }

  /**
   * Takes one body from the queue.
   *
   * @param msg `raw` is the body as the queue held it
   * @param ctx the call
   * @returns the retry, or the dead letter and join marker, to publish before the acknowledgement
   * @throws RetryableError when the store or the gateway cannot take it now
   */
  async handle(msg: HandlerMessage, ctx: HandlerContext): Promise<Answer> {
    const terminal = this.#terminal;
    const input = readTerminalInput(msg);
    const received = parseErrorEnvelope(input.body, input.failureHeader);
    const { maxRetries, retryDelayBaseMs: baseMs, maxMessageBytes: maxBytes } = terminal.config;
    const retry = createRetry(received, { maxRetries, baseMs, maxBytes });
    if (!retry) return sends(await this.#giveUp(received, input.sentAt ?? new Date(), ctx));
    const { queue: step, delayMs = 0 } = retry;
    const { jobId, attempt } = received;
    terminal.tell({ kind: "retried", jobId, step, attempt: attempt + 1, delayMs }, ctx);
    return sends([retry]);
  }

  async #giveUp(
    received: ReceivedFailure,
    sentAt: Date,
    ctx: HandlerContext,
  ): Promise<OutgoingSend[]> {
    const terminal = this.#terminal;
    const { s3BasePrefix, s3ErrorsPrefix } = terminal.config;
    const prefix = s3BasePrefix ?? s3ErrorsPrefix;
    const outcome = failedOutcome(received, sentAt, new Date(), prefix);
    const { jobId, failure } = received;
    // A report that the gateway refuses needs no letter of its own: this is one already.
    const { storedAt } = await terminal.settle(outcome, ctx);
    const letter = terminal.deadLetter(
      { ...received, from: "error-end", storedAt },
      failure.message,
      ctx,
    );
    if (!outcome.marker) return [letter];
    terminal.tell({ kind: "marked", jobId, join: outcome.marker.queue }, ctx);
    return [outcome.marker, letter];
  }
}
