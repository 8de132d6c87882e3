import type { Environment } from "@asya/program";
import { type Json, parseMessage } from "@asya/protocol";
import {
  absorbed,
  type Answer,
  type HandlerContext,
  type HandlerMessage,
  joined,
  RetryableError,
} from "@asya/runtime";
import { readActorConfig } from "./config.ts";
import { readJoinInput } from "./join_arrival.ts";
import {
  type Arrival,
  type JoinAnswer,
  type JoinGroup,
  type JoinState,
  openJoinState,
} from "./join_state.ts";

/**
 * The actor that puts the branches of a fan-out together again: it takes each one in, and sends one
 * message on when all are there: `{"branches": [payload, null, …]}`, in the order of the fan-out,
 * `null` for a branch that ended early. It fails as soon as a branch has failed.
 *
 * It needs metadata mode (`ASYA_INCLUDE_METADATA=true`), and its step's index in `asya.joins` of the
 * routes that go through it, so that branches that end before it are told to it.
 */
export class Join {
  readonly #state: JoinState;

  /**
   * Opens the file that remembers the branches.
   *
   * @param env the environment of its host, which holds the settings
   */
  constructor(env: Environment = Deno.env.toObject()) {
    const { joinStatePath, joinKeepMs } = readActorConfig(env);
    if (joinStatePath === undefined) {
      throw new TypeError("ASYA_JOIN_STATE_PATH is not set; a join needs the path of its file");
    }
    this.#state = openJoinState(joinStatePath, joinKeepMs, () => Date.now());
  }

  /** Closes the file. */
  close(): void {
    this.#state[Symbol.dispose]();
  }

  /**
   * Takes one branch in.
   *
   * @param msg the branch's message, or a marker that says how a branch ended
   * @returns `absorbed()` until the branches are complete, then the merged message
   * @throws Error when a branch failed
   * @throws RetryableError when the file cannot be written now
   */
  handle(
    msg: HandlerMessage,
    ctx: HandlerContext,
  ): Answer | { branches: Json[] } {
    const { job_id, route, payload } = msg;
    if (job_id === undefined || !route) {
      throw new TypeError("the message has no route; a join needs ASYA_INCLUDE_METADATA=true");
    }
    const wire = { job_id, route: { ...route, steps: [...route.steps] }, payload };
    const parsed = parseMessage(wire);
    if (!parsed.ok) throw new TypeError(parsed.failure.message);
    const input = readJoinInput(parsed.message);
    switch (input.kind) {
      case "unreadable":
        throw new TypeError(input.failure.message);
      case "single":
        return { branches: [input.payload] };
      case "branch": {
        const answer = this.#arrive(input.group, input.arrival);
        ctx.log.debug("a branch arrived", { ...input.group, answer: answer.kind });
        if (answer.kind === "wait") return absorbed();
        if (answer.kind === "fail") throw new Error(answer.reason);
        return joined({ payload: { branches: answer.branches } });
      }
    }
  }

  /** A full disk says nothing about the branch: it may come again. */
  #arrive(group: JoinGroup, arrival: Arrival): JoinAnswer {
    try {
      return this.#state.arrive(group, arrival);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RetryableError(`the branch cannot be kept: ${reason}`, { cause: error });
    }
  }
}
