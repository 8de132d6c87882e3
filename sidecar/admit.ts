import {
  advance,
  checkHops,
  createFailure,
  currentStep,
  deadlineMsOf,
  type Failure,
  isFinished,
  isOwnMessageId,
  parseMessage,
} from "@asya/protocol";
import { deadlineFailure } from "./deadline.ts";
import type { Decision } from "./decision.ts";
import { decideFailure, decideUnreadable, resend } from "./decide_failure.ts";
import { checkNextStep } from "./next_step.ts";
import type { Policy } from "./policy.ts";
import {
  createStepWork,
  createTerminalWork,
  type Received,
  type StepWork,
  type TerminalWork,
  type Work,
} from "./work.ts";

/** What this process remembers of other messages. */
export interface Memory {
  /** Whether a message was carried to its end by this very process. */
  isDone(messageId: string): boolean;
  /** Whether nobody waits for a job any more. */
  isInactive(jobId: string): boolean;
}

/** Whether the handler is called for a message, and what becomes of it if not. */
export type Admission =
  | {
    readonly kind: "call";
    readonly work: Work;
    /** The step that the message names, where it is not this queue's: worth a warning. */
    readonly foreignStep?: string;
  }
  | { readonly kind: "refuse"; readonly work?: Work; readonly decision: Decision };

/**
 * Looks at a delivered message before any handler does.
 *
 * The checks, in their order: is it a message; was it done before; does anybody wait for it; did
 * the broker deliver it again (then it is counted first); is it early, over its hops, past its
 * deadline, or bound for a step that is not allowed. A terminal actor takes any body.
 *
 * @param received what the queue delivered
 * @param policy the sidecar's place in the mesh
 * @param memory what this process remembers
 * @param nowMs milliseconds since the epoch
 */
export function admit(
  received: Received,
  policy: Policy,
  memory: Memory,
  nowMs: number,
): Admission {
  if (policy.isTerminal) return admitTerminal(createTerminalWork(received), policy, memory);
  const parsed = parseStepMessage(received);
  if (!parsed.ok) {
    return { kind: "refuse", decision: decideUnreadable(received, parsed.failure, policy) };
  }
  const work = createStepWork(received, parsed.message, nowMs);
  const decision = refuseStep(work, policy, memory, nowMs);
  if (decision) return { kind: "refuse", work, decision };
  const step = currentStep(parsed.message.route);
  return { kind: "call", work, ...(step !== policy.queue && { foreignStep: step }) };
}

function admitTerminal(work: TerminalWork, policy: Policy, memory: Memory): Admission {
  const decision = wasDone(work.received, memory) ?? countRedelivery(work, policy);
  return decision ? { kind: "refuse", work, decision } : { kind: "call", work };
}

function refuseStep(
  work: StepWork,
  policy: Policy,
  memory: Memory,
  nowMs: number,
): Decision | undefined {
  const { received, message: { route, jobId } } = work;
  if (memory.isInactive(jobId)) return { kind: "drop", why: "inactive" };
  const settled = wasDone(received, memory) ?? countRedelivery(work, policy);
  if (settled) return settled;
  const { notBefore } = work.bookkeeping;
  const earlyMs = notBefore === undefined ? 0 : Date.parse(notBefore) - nowMs;
  if (earlyMs > 0) return resend(work, "early", {}, policy, earlyMs);
  const failure = checkHops(route, policy.maxHops) ?? checkDeadline(work, nowMs) ??
    checkNextStep(advance(route), policy);
  return failure && decideFailure(work, failure, policy);
}

/** In a step's queue a route is never finished. */
function parseStepMessage(received: Received): ReturnType<typeof parseMessage> {
  const parsed = parseMessage(received.body);
  if (!parsed.ok || !isFinished(parsed.message.route)) return parsed;
  const { current, steps } = parsed.message.route;
  const failure = createFailure(
    "malformed_message",
    `route.current is ${current} in the queue of a step; ` +
      `an integer from 0 to ${steps.length - 1} is allowed`,
  );
  return { ok: false, failure };
}

function wasDone({ messageId }: Received, memory: Memory): Decision | undefined {
  return isOwnMessageId(messageId) && memory.isDone(messageId)
    ? { kind: "drop", why: "duplicate" }
    : undefined;
}

/** A body that kills the sidecar is delivered again: counting it first ends that. */
function countRedelivery(work: Work, policy: Policy): Decision | undefined {
  if (!work.received.redelivered) return undefined;
  const redeliveries = work.counts.redeliveries + 1;
  if (redeliveries <= policy.maxRedeliveries) {
    return resend(work, "redelivered", { redeliveries }, policy);
  }
  const failure = createFailure(
    "connection_error",
    `the broker delivered the message again ${redeliveries} times; ` +
      `at most ${policy.maxRedeliveries} are allowed`,
  );
  return decideFailure(work, failure, policy, { isLast: true });
}

function checkDeadline(work: StepWork, nowMs: number): Failure | undefined {
  return deadlineMsOf(work.message, work.bookkeeping) <= nowMs ? deadlineFailure(work) : undefined;
}
