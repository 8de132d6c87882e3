/**
 * The step that decides where the message goes next: a draft that is good enough is the result,
 * another one is refined and judged again, as often as the brief allows.
 *
 * @module
 */
import { type Answer, type HandlerMessage, messages, repeatSteps } from "@asya/runtime";
import type { Draft, Verdict } from "./draft.ts";
import { measure } from "./measure.ts";

/** What the job comes to. */
export interface Summary {
  /** The best draft. */
  readonly summary: string;
  /** From 0 to 1; 1 is as good as it was asked for. */
  readonly score: number;
  /** The score of each draft, in order. */
  readonly scores: readonly number[];
}

/**
 * Judges a draft. What it thinks of it is streamed to whoever watches the job.
 *
 * @param msg the draft, with its route
 */
export default function* judge(
  msg: HandlerMessage<Draft>,
): Generator<Verdict, Summary | Answer> {
  const draft = msg.payload;
  const verdict = measure(draft.lines.map(({ text }) => text).join(" "), draft);
  yield verdict;
  const verdicts = [...draft.verdicts, verdict];
  // The same draft would be refined the same way again.
  const goesRound = draft.verdicts.some(({ summary }) => summary === verdict.summary);
  const again = verdict.faults.length === 0 || goesRound
    ? undefined
    : repeatSteps(msg, ["refine", "judge"], { atMost: draft.rounds });
  if (again) return messages([{ payload: { ...draft, verdicts }, steps: again }]);
  const best = verdicts.reduce((one, other) => other.score > one.score ? other : one);
  return {
    summary: best.summary,
    score: best.score,
    scores: verdicts.map(({ score }) => score),
  };
}
