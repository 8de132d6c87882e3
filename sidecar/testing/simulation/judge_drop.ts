import { CaseFile, type Hold } from "./case_file.ts";
import { breach, ended, type Facts, type Judgement, replaced } from "./judgement.ts";

/** Why a message may be acknowledged although nothing was published for it. */
export function judgeDrop(hold: Hold, file: CaseFile, facts: Facts): Judgement {
  const { message, delivery } = hold;
  if (message && facts.inactiveSinceMs(message.jobId) < Infinity) {
    return ended("dropped as inactive");
  }
  if (facts.hasEnded(delivery.messageId)) return replaced("dropped as a duplicate");
  const absorbed = !delivery.redelivered &&
    CaseFile.take(
      file.answers,
      ({ expected }) => expected.kind === "absorbed" && expected.wakeMs === undefined,
    );
  if (absorbed) return ended("absorbed");
  const what = delivery.redelivered ? "a redelivered message" : "a message";
  return breach(`${what} was acknowledged for nothing`);
}
