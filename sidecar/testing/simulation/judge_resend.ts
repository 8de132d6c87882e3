import { type Bookkeeping, readBookkeeping } from "@asya/protocol";
import { parseMessage } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { Counts } from "../../work.ts";
import { CaseFile, type Hold } from "./case_file.ts";
import { isSameButCounts } from "./check_output.ts";
import { breach, type Facts, type Judgement, replaced } from "./judgement.ts";

/** What a message that goes back to its own queue may be changed in, and for what reason. */
export function judgeResend(
  hold: Hold,
  file: CaseFile,
  facts: Facts,
  resent: Outgoing,
): Judgement {
  const { isTerminal } = facts.rules.policy;
  const changed = isTerminal ? undefined : findChange(hold, resent.body);
  if (changed !== undefined) return breach(`${changed} changed on the way back to the queue`);
  const before = isTerminal ? countsOfHeaders(hold.delivery.headers) : countsOfBody(hold.delivery);
  const after = isTerminal ? countsOfHeaders(resent.headers ?? {}) : countsOfBody(resent);
  const change = {
    attempt: after.attempt - before.attempt,
    deliveries: after.deliveries - before.deliveries,
    redeliveries: after.redeliveries - before.redeliveries,
  };
  switch (`${change.attempt} ${change.deliveries} ${change.redeliveries}`) {
    case "0 0 1":
      return judgeRedelivered(hold, facts, after);
    case "0 1 0":
      return judgeDeath(hold, file, facts, after);
    case "1 0 0":
      return judgeOwnFailure(hold, file, facts, before, resent);
    case "0 0 0":
      return judgeUnchanged(hold, file, facts, before, resent);
    default:
      return breach(`counts changed by ${JSON.stringify(change)}`);
  }
}

function judgeRedelivered(hold: Hold, { rules }: Facts, after: Counts): Judgement {
  if (!hold.delivery.redelivered) return breach("a first delivery was counted as another one");
  return after.redeliveries <= rules.policy.maxRedeliveries
    ? replaced("sent back: redelivered")
    : breach(`${after.redeliveries} redeliveries are more than allowed`);
}

function judgeDeath(hold: Hold, file: CaseFile, { rules }: Facts, after: Counts): Judgement {
  if (hold.delivery.redelivered) return breach("a redelivered message was called");
  const death = CaseFile.take(file.deaths, (reason) => reason !== "oom" && reason !== "timeout");
  if (!death) return breach("a death was counted that was not the message's fault");
  return after.deliveries < rules.policy.maxDeliveries
    ? replaced("sent back: the runtime died")
    : breach(`${after.deliveries} deliveries are more than allowed`);
}

function judgeOwnFailure(
  hold: Hold,
  file: CaseFile,
  { rules }: Facts,
  before: Counts,
  resent: Outgoing,
): Judgement {
  if (!rules.policy.isTerminal) return breach("a step counted an attempt");
  if (hold.delivery.redelivered) return breach("a redelivered message was called");
  const failed = CaseFile.take(file.answers, ({ expected }) => expected.kind === "failure");
  if (!failed && !file.mishaps.pop() && !file.deaths.pop()) {
    return breach("a failure was counted that did not happen");
  }
  const leastMs = Math.min(300_000, 5_000 * 2 ** (before.attempt - 1));
  return (resent.delayMs ?? 0) >= leastMs
    ? replaced("sent back: own failure")
    : breach(`it comes again after ${resent.delayMs} ms; at least ${leastMs} are due`);
}

function judgeUnchanged(
  hold: Hold,
  file: CaseFile,
  facts: Facts,
  before: Counts,
  resent: Outgoing,
): Judgement {
  const { message, delivery, wallMs } = hold;
  if (delivery.redelivered) {
    // Only its failure, which there was no time for, is not counted.
    const { maxRedeliveries, maxMessageBytes } = facts.rules.policy;
    const cannotCount = before.redeliveries >= maxRedeliveries ||
      delivery.body.length > maxMessageBytes - 200;
    return cannotCount && facts.isDraining
      ? replaced("sent back: the process ends")
      : breach("a redelivered message went back uncounted");
  }
  const isStep = !facts.rules.policy.isTerminal;
  const { notBefore } = message && isStep ? readBookkeeping(message.route) : {};
  const earlyMs = notBefore === undefined ? 0 : Date.parse(notBefore) - wallMs;
  if (earlyMs > 0) {
    const delayMs = resent.delayMs ?? 0;
    if (delayMs !== Math.min(earlyMs, 3_600_000)) return breach(`it waits ${delayMs} ms`);
    return replaced("sent back: early");
  }
  const { deadline } = message && isStep ? readBookkeeping(message.route) : {};
  if (deadline !== undefined && Date.parse(deadline) <= wallMs) {
    return breach("its time was over when it came");
  }
  if (facts.isDraining) {
    forgetPart(file, facts);
    return replaced("sent back: the process ends");
  }
  if (file.deaths.length > 0 && file.holds.length === 0) return breach("a death was not counted");
  return facts.wasAwayFor(hold)
    ? replaced("sent back: the runtime is away")
    : breach("it was given back although the runtime was there");
}

/** Of several outputs some may have been confirmed before there was no more time. */
function forgetPart(file: CaseFile, { rules: { policy } }: Facts): void {
  const own = file.confirmed.filter(({ queue }) => queue === policy.queue);
  file.confirmed.splice(0, file.confirmed.length, ...own);
}

/** What else than its counts is another one. */
function findChange({ delivery, message }: Hold, body: Uint8Array): string | undefined {
  const parsed = parseMessage(body);
  if (!message || !parsed.ok || !isSameButCounts(delivery.body, body)) return "the message";
  const [was, is] = [readBookkeeping(message.route), readBookkeeping(parsed.message.route)];
  const names: (keyof Bookkeeping)[] = ["deadline", "branch", "attempt", "notBefore"];
  return names.find((name) => was[name] !== is[name]);
}

function countsOfBody({ body }: Pick<Outgoing, "body">): Counts {
  const parsed = parseMessage(body);
  const { attempt = 1, deliveries = 0, redeliveries = 0 } = parsed.ok
    ? readBookkeeping(parsed.message.route)
    : {};
  return { attempt, deliveries, redeliveries };
}

function countsOfHeaders(headers: Readonly<Record<string, string>>): Counts {
  return {
    attempt: Number(headers["asya-attempt"] ?? 1),
    deliveries: Number(headers["asya-deliveries"] ?? 0),
    redeliveries: Number(headers["asya-redeliveries"] ?? 0),
  };
}

export { countsOfBody, countsOfHeaders };
