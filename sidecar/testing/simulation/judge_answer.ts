import { checkHops } from "@asya/protocol";
import type { Outgoing } from "@asya/transport";
import type { ExpectedOutput } from "./answers.ts";
import { CaseFile, type Hold, type ReadAnswer } from "./case_file.ts";
import { checkAsReceived, checkOutput } from "./check_output.ts";
import { breach, ended, type Facts, type Judgement, replaced } from "./judgement.ts";

/** Whether what an answer wants was confirmed, each output once; and whether all of it is right. */
export function judgeAnswer(hold: Hold, file: CaseFile, facts: Facts): Judgement | undefined {
  let wrong: string | undefined;
  for (const answered of [...file.answers]) {
    const judgement = facts.rules.policy.isTerminal
      ? judgeSends(answered, file)
      : judgeOutputs(answered, hold, file, facts);
    if (judgement?.kind === "fine") {
      file.answers.splice(file.answers.indexOf(answered), 1);
      return judgement;
    }
    if (judgement) wrong ??= judgement.text;
  }
  return wrong === undefined ? undefined : breach(wrong);
}

function judgeOutputs(
  { expected, atMs }: ReadAnswer,
  hold: Hold,
  file: CaseFile,
  facts: Facts,
): Judgement | undefined {
  const { rules } = facts;
  const { message } = hold;
  if (message && facts.inactiveSinceMs(message.jobId) < atMs) return breach("its job is over");
  if (message && checkHops(message.route, rules.policy.maxHops)) return breach("over its hops");
  switch (expected.kind) {
    case "outputs":
      return judgeEach(expected.outputs, hold, file, facts);
    case "as_received": {
      const problems = file.confirmed.map((out) => checkAsReceived(out, hold, rules));
      const index = problems.indexOf(undefined);
      if (index < 0) return problems[0] === undefined ? undefined : breach(problems[0]);
      file.confirmed.splice(index, 1);
      return ended("finished empty");
    }
    case "absorbed": {
      const isWake = (out: Outgoing) =>
        out.queue === rules.policy.queue && out.delayMs === expected.wakeMs;
      const wake = expected.wakeMs === undefined
        ? undefined
        : CaseFile.take(file.confirmed, isWake);
      return wake && replaced("absorbed until woken");
    }
    case "sends":
    case "failure":
      return undefined;
  }
}

function judgeEach(
  outputs: readonly ExpectedOutput[],
  hold: Hold,
  file: CaseFile,
  { rules }: Facts,
): Judgement | undefined {
  const left = [...file.confirmed];
  let wrong: string | undefined;
  for (const [ordinal, output] of outputs.entries()) {
    const problems = left.map((out) => checkOutput(out, hold, output, ordinal, rules));
    const index = problems.indexOf(undefined);
    wrong = problems[0];
    if (index < 0) return wrong === undefined ? undefined : breach(`an output: ${wrong}`);
    left.splice(index, 1);
  }
  file.confirmed.splice(0, file.confirmed.length, ...left);
  if (outputs.length > 1) return ended("fanned out");
  return ended(outputs[0]?.isJoined ? "joined" : "forwarded");
}

/** A terminal actor publishes what it was told to send, and drops all else that is no failure. */
function judgeSends({ expected }: ReadAnswer, file: CaseFile): Judgement | undefined {
  if (expected.kind === "failure") return undefined;
  if (expected.kind !== "sends") return ended("consumed");
  const left = [...file.confirmed];
  for (const queue of expected.queues) {
    if (!CaseFile.take(left, (out) => out.queue === queue)) return undefined;
  }
  file.confirmed.splice(0, file.confirmed.length, ...left);
  const newCopies = expected.queues.filter((queue) => queue === "error-end").length;
  return { kind: "fine", why: "consumed with sends", isFinal: true, newCopies };
}
