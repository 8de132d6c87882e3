import type { Outgoing } from "@asya/transport";
import { CaseFile, type Hold } from "./case_file.ts";
import { judgeDrop } from "./judge_drop.ts";
import { judgeFailure } from "./judge_failure.ts";
import { judgeAnswer } from "./judge_answer.ts";
import { judgeResend } from "./judge_resend.ts";
import { breach, type Facts, type Judgement } from "./judgement.ts";

/**
 * Says why a message may be acknowledged: for what was confirmed, or for what else the process
 * knows. What is said is used up, so that nothing justifies two acknowledgements.
 *
 * @param hold the message
 * @param file what the process did and learnt about its letter
 * @param facts what else it knows
 */
export function judgeAck(hold: Hold, file: CaseFile, facts: Facts): Judgement {
  const judgement = judge(hold, file, facts);
  if (judgement.kind === "breach" || judgement.why.startsWith("dropped")) return judgement;
  const { message, atMs } = hold;
  const isOver = message && facts.inactiveSinceMs(message.jobId) < atMs;
  return isOver && !facts.rules.policy.isTerminal
    ? breach(`nobody waited for it when it came; it was ${judgement.why}`)
    : judgement;
}

function judge(hold: Hold, file: CaseFile, facts: Facts): Judgement {
  const { queue, errorEnd, deadLetter, isTerminal } = facts.rules.policy;
  const { messageId } = hold.delivery;
  const sinceMs = (out: Outgoing) => file.since.get(out) ?? -1;
  const isResent = (out: Outgoing) =>
    out.queue === queue && out.messageId === messageId && sinceMs(out) >= hold.atMs;
  const resent = CaseFile.take(file.confirmed, isResent);
  if (resent) return judgeResend(hold, file, facts, resent);
  const failureQueue = isTerminal ? deadLetter : errorEnd;
  const isFailure = (out: Outgoing) => out.queue === failureQueue && !isOfSends(file, out);
  const failed = CaseFile.take(file.confirmed, isFailure);
  if (failed) return judgeFailure(hold, file, facts, failed);
  const answered = hold.delivery.redelivered ? undefined : judgeAnswer(hold, file, facts);
  if (answered?.kind === "fine") return answered;
  const dropped = judgeDrop(hold, file, facts);
  return dropped.kind === "fine" ? dropped : answered ?? dropped;
}

/** A handler of a terminal actor may send to the dead letters itself. */
function isOfSends(file: CaseFile, out: Outgoing): boolean {
  return file.answers.some(({ expected }) =>
    expected.kind === "sends" && expected.queues.includes(out.queue)
  );
}
