import { formatDuration } from "@asya/program";
import { type Heartbeat, readBookkeeping, type ReceivedFailure } from "@asya/protocol";
import type { RetryVerdict } from "./decide_retry.ts";
import { endedBranch } from "./join_marker.ts";

/** Characters of a failure's message that a notice shows. */
const MAX_MESSAGE = 200;

/**
 * What those who watch a job are told of a retry.
 *
 * @param received what failed
 * @param verdict its retry, and how many there may be
 * @returns `undefined` where it is no retry, or of no job
 * @example
 * ```ts
 * import { describeRetry } from "./describe_notice.ts";
 * import { parseErrorEnvelope } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const original = { job_id: "j1", route: { steps: ["ocr"], current: 0 }, payload: {} };
 * const failed = { error: "oom_error", message: "heap exhausted", original_message: original };
 * const received = parseErrorEnvelope(new TextEncoder().encode(JSON.stringify(failed)));
 * const rule = { attempts: 4, baseMs: 5000, factor: 2, maxMs: 60_000, jitter: 0, codes: [] };
 * const retry = { queue: "ocr", message: {}, delayMs: 30_000 };
 * assert.deepEqual(describeRetry(received, { rule, problems: [], retry }), {
 *   actorName: "ocr",
 *   status: "error",
 *   message: "retry 1 of 3 in 30 s, after oom_error: heap exhausted",
 *   stepIndex: 0,
 * });
 * ```
 */
export function describeRetry(
  received: ReceivedFailure,
  verdict: RetryVerdict,
): Heartbeat | undefined {
  const { failure, message, actor, attempt, jobId } = received;
  const { retry, rule } = verdict;
  if (!retry || !message || jobId === "") return undefined;
  const { branch } = readBookkeeping(message.route);
  return {
    actorName: actor ?? retry.queue,
    status: "error",
    message: `retry ${attempt} of ${rule.attempts - 1} in ${secondsOf(retry.delayMs)}, ` +
      `after ${shortReason(failure)}`,
    stepIndex: message.route.current,
    ...(branch !== undefined && { branch }),
  };
}

/**
 * What those who watch a job are told of a branch that is given up before its join: nobody reports
 * its end, since the join decides what becomes of the job.
 *
 * @param received what failed, for the last time
 * @returns `undefined` where it is of no branch
 * @example
 * ```ts
 * import { describeLostBranch } from "./describe_notice.ts";
 * import { parseErrorEnvelope } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const metadata = { asya: { branch: "/0:2:ab", joins: [1] } };
 * const route = { steps: ["ocr", "sum"], current: 0, metadata };
 * const original = { job_id: "j1", route, payload: {} };
 * const failed = { error: "oom_error", message: "heap exhausted", original_message: original };
 * const received = parseErrorEnvelope(new TextEncoder().encode(JSON.stringify(failed)));
 * assert.deepEqual(describeLostBranch(received), {
 *   actorName: "ocr",
 *   status: "error",
 *   message: "given up after 1 try: oom_error: heap exhausted; the join is told",
 *   stepIndex: 0,
 *   branch: "/0:2:ab",
 *   branchOutcome: "failed",
 * });
 * ```
 */
export function describeLostBranch(received: ReceivedFailure): Heartbeat | undefined {
  const { failure, message, actor, attempt } = received;
  if (!message) return undefined;
  const branch = endedBranch(message);
  if (branch === undefined) return undefined;
  const { steps, current } = message.route;
  const tries = attempt === 1 ? "1 try" : `${attempt} tries`;
  return {
    actorName: actor ?? steps[current] ?? "",
    status: "error",
    message: `given up after ${tries}: ${shortReason(failure)}; the join is told`,
    stepIndex: current,
    branch,
    branchOutcome: "failed",
  };
}

function shortReason({ code, message }: ReceivedFailure["failure"]): string {
  const isLong = message.length > MAX_MESSAGE;
  return `${code}: ${isLong ? `${message.slice(0, MAX_MESSAGE)}…` : message}`;
}

/** A wait as people say it: seconds, or larger units where it is longer. */
function secondsOf(ms: number): string {
  return ms < 60_000 ? `${ms / 1_000} s` : formatDuration(Math.round(ms / 1_000) * 1_000);
}
