import {
  createJob,
  type Job,
  type Json,
  type NewJob,
  readBookkeeping,
  replayOf,
  type Route,
  showJson,
} from "@asya/protocol";
import type { StoredJob } from "../jobs/stored_job.ts";
import type { Tool } from "../tools/tool.ts";
import { type DeadLetter, failedStepOf } from "./dead_letter.ts";

/** From where and with what to replay a letter. */
export interface ReplayWish {
  readonly fromStep?: number | undefined;
  readonly payload?: Json | undefined;
}

/** What a replay is made with. */
export interface ReplaySources {
  /** The job of the letter, where the store still has it. */
  readonly stored: StoredJob | undefined;
  /** The tools at this moment. */
  readonly tools: readonly Tool[];
  /** The new job's id. */
  readonly id: string;
  /** Who wants it. */
  readonly owner?: string | undefined;
}

/** The job that a replay makes, or why it makes none. */
export type ReplayPlan =
  | { readonly kind: "planned"; readonly job: NewJob; readonly payload: Json }
  /** The letter cannot be replayed like that; what it needs. */
  | { readonly kind: "needs"; readonly problem: string }
  /** No letter could be. */
  | { readonly kind: "wrong"; readonly problem: string };

/** Seconds that a job gets where nothing says how long it may take. */
const DEFAULT_TIMEOUT_SECONDS = 300;

/** Times further apart than that are no job's: a month, in seconds. */
const MAX_TIMEOUT_SECONDS = 30 * 86_400;

/**
 * Decides what becomes of a letter that is to be replayed: a new job on the way of the old one, whose
 * time begins anew. The tool need not exist any more, nor the old job.
 *
 * @param letter the letter
 * @param wish from where and with what; from the step that failed, with what it got, where not said
 * @param sources what else is known
 */
export function planReplay(
  letter: DeadLetter,
  wish: ReplayWish,
  sources: ReplaySources,
): ReplayPlan {
  const { stored, tools, id, owner } = sources;
  const route = letter.route ?? stored?.job.route;
  const failed = failedStepOf(letter, route);
  const fromStep = wish.fromStep ?? failed;
  const atJoin = branchAtJoin(letter, failed);
  if (route === undefined || fromStep === undefined || (atJoin && wish.fromStep === undefined)) {
    return { kind: "needs", problem: whyNotReplayable(letter, route) ?? NO_ROUTE };
  }
  const old: Job = {
    ...stored?.job ?? standIn(letter, route, tools),
    route,
    rerouted: undefined,
  };
  const again = replayOf(old, { id, fromStep, ...(owner !== undefined && { owner }) });
  if (!again.ok) return { kind: "wrong", problem: again.problem };
  const payload = wish.payload ?? payloadFor(fromStep, atJoin ? undefined : failed, letter, stored);
  if (payload !== undefined) {
    const { replayOf: jobId, ...job } = again.job;
    return { kind: "planned", job: { ...job, ...(jobId && { replayOf: jobId }) }, payload };
  }
  return fromStep === failed
    ? { kind: "needs", problem: whyNotReplayable(letter, route) ?? NO_ROUTE }
    : {
      kind: "wrong",
      problem:
        `payload is missing; step ${fromStep} needs one, since it is not the one that failed`,
    };
}

/**
 * Why a letter cannot be replayed just so, from the step that failed with what it got.
 *
 * @param letter the letter
 * @param route its way, where the letter itself may not know it
 * @returns what it needs; `undefined` when it can
 */
export function whyNotReplayable(
  letter: DeadLetter,
  route: Route | undefined = letter.route,
): string | undefined {
  const failed = failedStepOf(letter, route);
  const atJoin = branchAtJoin(letter, failed);
  if (atJoin !== undefined) return atJoin;
  if (failed !== undefined && letter.payload !== undefined) return undefined;
  if (route === undefined && letter.jobId === undefined) return NO_ROUTE;
  const { stored } = letter;
  const needed = failed === undefined ? "from_step and payload" : "payload";
  if (letter.original === undefined) {
    const where = stored === undefined ? "is not here" : `is only in ${stored}`;
    return `the body ${where}; ${needed} is needed to replay it`;
  }
  if (letter.route === undefined) return `the body is no message; ${needed} is needed to replay it`;
  const shown = showJson(letter.step ?? null);
  return `no step of its route failed, but ${shown}; ${needed} are needed to replay it`;
}

const NO_ROUTE = "the letter is of no job, and has no route; nobody knows where it was going";

/**
 * What to do instead, where a join failed at one branch of many: a new job has no others for it. Of a
 * branch that has ended the letter does not even hold the work, but a marker that told the join.
 */
function branchAtJoin(
  { route, jobId }: DeadLetter,
  failed: number | undefined,
): string | undefined {
  if (route === undefined || failed === undefined) return undefined;
  const { joins = [], branch, marker: isMarker } = readBookkeeping(route);
  if (!joins.includes(failed) || (branch === undefined && !isMarker)) return undefined;
  const name = showJson(route.steps[failed]!);
  const problem = isMarker
    ? `the body only tells the join ${name} that a branch has ended`
    : `the body is one branch of many, and in a new job the join ${name} would go on with it alone`;
  const job = jobId === undefined ? "its job" : `job ${showJson(jobId)}`;
  return `${problem}; replay ${job} instead, from the step that fans out or one before it, or say ` +
    "from_step and payload of such a step here";
}

/** What a step gets where the wish does not say it. */
function payloadFor(
  fromStep: number,
  failed: number | undefined,
  letter: DeadLetter,
  stored: StoredJob | undefined,
): Json | undefined {
  if (fromStep === failed && letter.payload !== undefined) return letter.payload;
  return fromStep === 0 && stored?.job.firstStep === 0 ? stored.payload : undefined;
}

/** What stands for a job that the store does not have: of the tool that goes the same way, if any. */
function standIn({ jobId = "" }: DeadLetter, route: Route, tools: readonly Tool[]): Job {
  const { steps, metadata } = route;
  const tool = tools.find((one) => one.steps.join("\n") === steps.join("\n"));
  const { created, deadline } = readBookkeeping(route);
  const span = (Date.parse(deadline ?? "") - Date.parse(created ?? "")) / 1_000;
  const isKnown = span > 0 && span <= MAX_TIMEOUT_SECONDS;
  const timeoutSeconds = isKnown ? span : tool?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const name = tool?.name ?? steps[0] ?? "";
  return createJob({ id: jobId, tool: name, steps, metadata, timeoutSeconds }, new Date(0));
}
