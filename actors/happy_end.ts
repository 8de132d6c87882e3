/**
 * The handler at the end of every route that went well.
 *
 * @module
 */
import { type Environment, logNotices } from "@asya/program";
import { createFailure } from "@asya/protocol";
import {
  type Answer,
  type HandlerContext,
  type HandlerMessage,
  type OutgoingSend,
  sends,
} from "@asya/runtime";
import { findNotices, readActorConfig } from "./config.ts";
import { decideFinish } from "./finish.ts";
import { Terminal } from "./terminal.ts";
import { readTerminalInput } from "./terminal_input.ts";

/**
 * The actor at the end of every route that went well: stores the outcome and tells the gateway.
 *
 * A message is acknowledged only when both is done, where each is configured.
 */
export class HappyEnd {
  readonly #terminal: Terminal;
  readonly #env: Environment;

  /**
   * Reads the settings; nothing is opened yet.
   *
   * @param env the environment of its host, which holds the settings
   * @throws TypeError when a setting is wrong
   */
  constructor(env: Environment = Deno.env.toObject()) {
    this.#terminal = new Terminal(readActorConfig(env));
    this.#env = env;
  }

  /** Says which settings need attention. */
  init(): void {
    logNotices("happy-end", this.#env, findNotices(this.#env, "s3ResultsPrefix"));
  }

  /**
   * Takes one body from the queue.
   *
   * @param msg `raw` is the body as the queue held it
   * @param ctx the call
   * @returns the dead letter or join marker to publish before the message is acknowledged
   * @throws RetryableError when the store or the gateway cannot take it now
   */
  async handle(msg: HandlerMessage, ctx: HandlerContext): Promise<Answer> {
    const terminal = this.#terminal;
    const input = readTerminalInput(msg);
    const { s3BasePrefix, s3ResultsPrefix } = terminal.config;
    const finish = decideFinish(input, new Date(), s3BasePrefix ?? s3ResultsPrefix);
    const { body, properties } = input;
    const work = { from: "happy-end", body, properties } as const;
    if (finish.kind === "unreadable") {
      const { failure } = finish;
      return sends([terminal.deadLetter({ ...work, failure, jobId: "" }, failure.message, ctx)]);
    }
    const { message, outcome: { marker } } = finish;
    const { jobId } = message;
    const settled = await terminal.settle(finish.outcome, ctx);
    const out: OutgoingSend[] = [];
    if (marker) {
      terminal.tell({ kind: "marked", jobId, join: marker.queue }, ctx);
      out.push(marker);
    }
    if (settled.kind === "dead_letter") {
      const failure = createFailure("processing_error", settled.reason);
      const { storedAt, reason } = settled;
      out.push(terminal.deadLetter({ ...work, message, failure, jobId, storedAt }, reason, ctx));
    }
    return sends(out);
  }
}
