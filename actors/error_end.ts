/**
 * The handler behind everything that went wrong.
 *
 * @module
 */
import { type Environment, logNotices } from "@asya/program";
import { MAX_DELAY_MS, parseErrorEnvelope, type ReceivedFailure } from "@asya/protocol";
import {
  type Answer,
  type HandlerContext,
  type HandlerMessage,
  type OutgoingSend,
  sends,
} from "@asya/runtime";
import { findNotices, readActorConfig } from "./config.ts";
import { decideRetry } from "./decide_retry.ts";
import { failedOutcome } from "./give_up.ts";
import type { RetryRule } from "./retry_delay.ts";
import { describeLostBranch, describeRetry } from "./describe_notice.ts";
import { Terminal } from "./terminal.ts";
import { readTerminalInput, type TerminalInput } from "./terminal_input.ts";

/**
 * The actor behind everything that went wrong: sends back what may work on another try, and sees
 * to it that what is given up is stored, dead-lettered and reported.
 */
export class ErrorEnd {
  readonly #terminal: Terminal;
  readonly #env: Environment;
  /** How a step is tried again whose messages do not say. */
  readonly #rule: RetryRule;

  /**
   * Reads the settings; nothing is opened yet.
   *
   * @param env the environment of its host, which holds the settings
   * @throws TypeError when a setting is wrong
   */
  constructor(env: Environment = Deno.env.toObject()) {
    const config = readActorConfig(env);
    this.#terminal = new Terminal(config);
    this.#rule = {
      attempts: config.maxRetries + 1,
      baseMs: config.retryDelayBaseMs,
      factor: 2,
      maxMs: MAX_DELAY_MS,
      jitter: 0,
      codes: [],
    };
    this.#env = env;
  }

  /** Says which settings need attention. */
  init(): void {
    logNotices("error-end", this.#env, findNotices(this.#env, "s3ErrorsPrefix"));
  }

  /** Waits for what is still told to those who watch jobs. */
  async close(): Promise<void> {
    await this.#terminal.close();
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
    const { jobId, attempt } = received;
    const { maxMessageBytes: maxBytes } = terminal.config;
    const verdict = decideRetry(received, this.#rule, { maxBytes, nowMs: Date.now() });
    const { retry, rule, problems } = verdict;
    if (problems.length > 0) {
      terminal.tell({ kind: "bad_retry_policy", jobId, problems: problems.join("; ") }, ctx);
    }
    if (!retry) return sends(await this.#giveUp(received, rule, input, ctx));
    const { queue: step, delayMs } = retry;
    terminal.tell({ kind: "retried", jobId, step, attempt: attempt + 1, delayMs }, ctx);
    const notice = describeRetry(received, verdict);
    if (notice) terminal.notify(jobId, notice, ctx);
    return sends([retry]);
  }

  async #giveUp(
    received: ReceivedFailure,
    retry: RetryRule,
    input: TerminalInput,
    ctx: HandlerContext,
  ): Promise<OutgoingSend[]> {
    const terminal = this.#terminal;
    const { s3BasePrefix, s3ErrorsPrefix, reportsStack } = terminal.config;
    const now = new Date();
    const outcome = failedOutcome(received, {
      sentAt: input.sentAt ?? now,
      now,
      prefix: s3BasePrefix ?? s3ErrorsPrefix,
      reportsStack,
    });
    const { jobId, failure } = received;
    // A report that the gateway refuses needs no letter of its own: this is one already.
    const { storedAt } = await terminal.settle(outcome, ctx);
    const { properties } = input;
    const work = { ...received, from: "error-end", storedAt, retry, properties } as const;
    const letter = terminal.deadLetter(work, failure.message, ctx);
    const { marker } = outcome;
    if (!marker) return [letter];
    terminal.tell({ kind: "marked", jobId, join: marker.queue }, ctx);
    const notice = describeLostBranch(received);
    if (notice) terminal.notify(jobId, notice, ctx);
    return [marker, letter];
  }
}
