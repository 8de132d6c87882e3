import { createFailure, type Failure, type Reply } from "@asya/protocol";
import { deadlineFailure } from "./deadline.ts";
import { decideFailure, resend } from "./decide_failure.ts";
import { decideTerminalReply } from "./decide_terminal.ts";
import type { CallEnd, DeathReason, Decision } from "./decision.ts";
import {
  buildAsReceived,
  buildFanOut,
  buildJoined,
  buildOutput,
  buildWake,
  type Built,
} from "./outputs.ts";
import type { Policy } from "./policy.ts";
import type { StepWork, Work } from "./work.ts";

/**
 * Decides what becomes of a message after its handler was called.
 *
 * @param work what the handler was given
 * @param end how the call ended
 * @param policy the sidecar's place in the mesh
 * @param nowMs milliseconds since the epoch
 */
export function decide(work: Work, end: CallEnd, policy: Policy, nowMs: number): Decision {
  switch (end.kind) {
    case "replied":
      return work.kind === "step"
        ? decideReply(work, end.reply, policy, nowMs)
        : decideTerminalReply(work, end.reply, policy, nowMs);
    case "timed_out":
      return decideFailure(work, timeoutFailure(policy), policy);
    case "expired":
      // A terminal actor's calls have no deadline.
      return work.kind === "step"
        ? decideFailure(work, deadlineFailure(work), policy)
        : resend(work, "given_back", {}, policy);
    case "died":
      return decideDeath(work, end.reason, policy);
    case "given_back":
      return resend(work, "given_back", {}, policy);
    case "cancelled":
      return { kind: "drop", why: "inactive" };
  }
}

function decideReply(work: StepWork, reply: Reply, policy: Policy, nowMs: number): Decision {
  switch (reply.kind) {
    case "output":
      return sendOn(work, buildOutput(work, reply.output, policy, nowMs), policy);
    case "joined":
      return sendOn(work, buildJoined(work, reply.output, policy, nowMs), policy);
    case "fan_out":
      return sendOn(work, buildFanOut(work, reply.outputs, policy, nowMs), policy);
    case "empty":
      return { kind: "finish", isEmpty: true, messages: [buildAsReceived(work, policy)] };
    case "absorbed": {
      const { wakeMs, late: isLate = false } = reply;
      return wakeMs === undefined
        ? { kind: "absorb", isLate }
        : { kind: "absorb", isLate, wake: buildWake(work, wakeMs, policy, nowMs) };
    }
    case "sends":
      return decideFailure(work, sendsFailure(policy), policy);
    case "failure":
      return decideFailure(work, reply.failure, policy);
  }
}

function sendOn(work: StepWork, built: Built, policy: Policy): Decision {
  if (!built.ok) return decideFailure(work, built.failure, policy);
  const { ok: _, ...sent } = built;
  return sent.messages.every(({ queue }) => queue === policy.happyEnd)
    ? { kind: "finish", isEmpty: false, ...sent }
    : { kind: "forward", ...sent };
}

function decideDeath(work: Work, reason: DeathReason, policy: Policy): Decision {
  switch (reason) {
    case "timeout":
      return decideFailure(work, timeoutFailure(policy), policy);
    case "oom":
      return decideFailure(work, memoryFailure(policy), policy);
    case "signal":
    case "exit":
    case "killed":
    case "unknown": {
      const deliveries = work.counts.deliveries + 1;
      return deliveries < policy.maxDeliveries
        ? resend(work, "runtime_died", { deliveries }, policy)
        : decideFailure(work, deathFailure(deliveries, reason), policy, { isLast: true });
    }
  }
}

function timeoutFailure(policy: Policy): Failure {
  return createFailure(
    "timeout_error",
    `the handler of "${policy.queue}" took longer than the ${policy.runtimeTimeoutMs} ms it may`,
  );
}

function memoryFailure(policy: Policy): Failure {
  return createFailure("oom_error", `the runtime of "${policy.queue}" ran out of memory`);
}

function deathFailure(deliveries: number, reason: DeathReason): Failure {
  return createFailure(
    "connection_error",
    `the runtime died ${deliveries} times while it worked on this message alone ` +
      `(the last time by: ${reason})`,
  );
}

function sendsFailure(policy: Policy): Failure {
  return createFailure(
    "processing_error",
    `the handler of "${policy.queue}" answered with sends, which only a terminal actor may`,
  );
}
