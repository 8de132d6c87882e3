/**
 * The handler of a join: puts the branches of a fan-out together, and goes on once.
 *
 * @module
 */
import {
  type Environment,
  isSampled,
  openTracing,
  parseTraceparent,
  type Tracing,
} from "@asya/program";
import { joinOptionsOf, type JsonObject, type Message, parseMessage } from "@asya/protocol";
import {
  absorbed,
  type Answer,
  type HandlerContext,
  type HandlerMessage,
  joined,
  RetryableError,
} from "@asya/runtime";
import { type ActorConfig, readActorConfig } from "./config.ts";
import { createEventSink } from "./event.ts";
import { readJoinInput } from "./join_arrival.ts";
import type { JoinRule } from "./join_rule.ts";
import type { Arrival, JoinAnswer, JoinGroup, JoinState, Merged } from "./join_state.ts";
import { LateBranch } from "./late_branch.ts";
import { openJoinState } from "./open_join_state.ts";

/** A database that is away is asked again after so long; meanwhile the branch is in its queue. */
const AWAY_WAIT_MS = 5_000;

/**
 * The actor that puts the branches of a fan-out together again: it takes each one in, and sends one
 * message on when all are there, or when its settings or the route say that they are enough:
 * `{"branches": [payload, null, …]}`, in the order of the fan-out, `null` for a branch that ended
 * early. With a quorum the message also says `missing`, the indices of branches that were not heard
 * of, and `failed`, `{index, error}` of those that were given up.
 *
 * It needs metadata mode (`ASYA_INCLUDE_METADATA=true`), and its step's index in `asya.joins` of the
 * routes that go through it, so that branches that end before it are told to it.
 */
export class Join {
  readonly #config: ActorConfig;
  readonly #tell = createEventSink(() => Date.now());
  #state: Promise<JoinState> | undefined;
  #tracing: Tracing | undefined;

  /**
   * Reads the settings; nothing is opened yet.
   *
   * @param env the environment of its host, which holds the settings
   * @param tracing who makes spans; without it, the platform, where it does
   * @throws TypeError when a setting is wrong
   */
  constructor(env: Environment = Deno.env.toObject(), tracing?: Tracing) {
    this.#config = readActorConfig(env);
    this.#tracing = tracing;
  }

  /**
   * Opens what it remembers; a server is not asked yet.
   *
   * @throws TypeError when the settings name no place for it
   */
  async init(): Promise<void> {
    this.#state ??= this.#open();
    await this.#state;
  }

  /** Closes what it remembers. */
  async close(): Promise<void> {
    await (await this.#state)?.[Symbol.asyncDispose]();
  }

  /**
   * Takes one branch in.
   *
   * @param msg the branch's message, or a marker that says how a branch ended
   * @param ctx the call
   * @returns `absorbed()` until the branches suffice, then the merged message
   * @throws Error when too many branches have failed, or too few came in time
   * @throws RetryableError when the branch cannot be kept for a reason that nobody foresaw
   */
  async handle(msg: HandlerMessage, ctx: HandlerContext): Promise<Answer | JsonObject> {
    const message = readMessage(msg);
    const rule = this.#ruleFor(message);
    const input = readJoinInput(message);
    switch (input.kind) {
      case "unreadable":
        throw new TypeError(input.failure.message);
      case "single": {
        const merged = { branches: [input.payload], missing: [], failed: [] };
        return toPayload(merged, rule.quorum !== undefined);
      }
      case "branch": {
        const arrival = { ...input.arrival, ...recordedIn(ctx) };
        const answer = await this.#arrive(input.group, arrival, rule, ctx);
        return answer ? this.#say(answer, input, rule, ctx) : absorbed({ wakeMs: AWAY_WAIT_MS });
      }
    }
  }

  async #open(): Promise<JoinState> {
    // Where its library is missing the host has said so, and makes no spans either.
    this.#tracing ??= await openTracing("asya-join").catch(() => undefined);
    return await openJoinState(this.#config, () => Date.now());
  }

  /** What the route says counts more than what the settings say. */
  #ruleFor({ route }: Message): JoinRule {
    const { joinQuorum, joinWait, joinTimeoutMs, joinLate } = this.#config;
    const given = joinOptionsOf(route, route.steps[route.current] ?? "");
    return {
      quorum: given.quorum ?? joinQuorum,
      wait: given.wait ?? joinWait,
      timeoutMs: given.timeoutMs ?? joinTimeoutMs,
      late: given.late ?? joinLate,
    };
  }

  /** The answer, or `undefined` while the database is away: that says nothing about the branch. */
  async #arrive(
    group: JoinGroup,
    arrival: Arrival,
    rule: JoinRule,
    ctx: HandlerContext,
  ): Promise<JoinAnswer | undefined> {
    await this.init();
    const state = await this.#state!;
    try {
      return await state.arrive(group, arrival, rule);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!state.isAway(error)) {
        throw new RetryableError(`the branch cannot be kept: ${reason}`, { cause: error });
      }
      this.#tell({ kind: "join_away", jobId: group.jobId, reason }, ctx.log);
      return undefined;
    }
  }

  #say(
    answer: JoinAnswer,
    { group, arrival }: { readonly group: JoinGroup; readonly arrival: Arrival },
    rule: JoinRule,
    ctx: HandlerContext,
  ): Answer {
    const { jobId, count } = group;
    switch (answer.kind) {
      case "wait":
        return absorbed(answer.wakeMs === undefined ? {} : { wakeMs: answer.wakeMs });
      case "merge":
        this.#tell({ kind: "joined", jobId, outcome: "merge" }, ctx.log);
        this.#tracing?.active()?.link((answer.traces ?? []).flatMap((said) => {
          const branch = parseTraceparent(said);
          return branch ? [branch] : [];
        }));
        return joined({ payload: toPayload(answer.merged, answer.isPartial) });
      case "fail":
        this.#tell({ kind: "joined", jobId, outcome: "fail" }, ctx.log);
        throw new Error(answer.reason);
      case "late": {
        this.#tell({ kind: "late_branch", jobId, branch: arrival.index }, ctx.log);
        const isKept = rule.late === "dead-letter" && answer.after === "merge" &&
          arrival.outcome === "arrived";
        if (!isKept) return absorbed({ late: true });
        throw new LateBranch(
          `branch ${arrival.index + 1} of ${count} came when the join had gone on`,
        );
      }
    }
  }
}

/** Where a branch is taken in, for the merge to link to; nowhere if its trace is not recorded. */
function recordedIn({ traceparent }: HandlerContext): { traceparent?: string } {
  const context = parseTraceparent(traceparent);
  return traceparent !== undefined && context && isSampled(context) ? { traceparent } : {};
}

function readMessage({ job_id, route, payload }: HandlerMessage): Message {
  if (job_id === undefined || !route) {
    throw new TypeError("the message has no route; a join needs ASYA_INCLUDE_METADATA=true");
  }
  const parsed = parseMessage({ job_id, route: { ...route, steps: [...route.steps] }, payload });
  if (!parsed.ok) throw new TypeError(parsed.failure.message);
  return parsed.message;
}

/** Who always waits for all needs no list of those that are not there. */
function toPayload({ branches, missing, failed }: Merged, isPartial: boolean): JsonObject {
  const all = { branches: [...branches] };
  if (!isPartial) return all;
  return { ...all, missing: [...missing], failed: failed.map((branch) => ({ ...branch })) };
}
