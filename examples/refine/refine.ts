/**
 * The step that makes a draft better: one change per call, against the worst fault.
 *
 * @module
 */
import type { HandlerMessage } from "@asya/runtime";
import type { Draft, Fault, Line } from "./draft.ts";
import { readSentences } from "./language.ts";

/** A change of a draft: its lines, or `undefined` where it changes nothing. */
type Change = (draft: Draft) => Line[] | undefined;

/**
 * Refines a draft as its last verdict asks for.
 *
 * @param msg the draft
 * @returns the draft, changed where something helps
 */
export default function refine(msg: HandlerMessage<Draft>): Draft {
  const draft = msg.payload;
  for (const fault of draft.verdicts.at(-1)?.faults ?? []) {
    const lines = changes[fault](draft);
    if (lines) return { ...draft, lines };
  }
  return draft;
}

const changes: Readonly<Record<Fault, Change>> = {
  "misses keywords": takeIn,
  "too long": (draft) => cutAside(draft) ?? leaveOut(draft),
  "hard to read": (draft) => split(draft) ?? leaveOut(draft),
};

/** Takes in the sentence of the text that speaks of most keywords that are missing. */
function takeIn({ lines, text, verdicts }: Draft): Line[] | undefined {
  const missing = verdicts.at(-1)?.missing ?? [];
  const candidates = readSentences(text).flatMap(({ text, words, subjects }, from) => {
    const gain = subjects.filter((subject) => missing.includes(subject)).length;
    return gain > 0 && !lines.some((line) => line.from === from)
      ? [{ gain, words, line: { from, text } }]
      : [];
  });
  const [best] = candidates.toSorted((one, other) =>
    other.gain - one.gain || one.words - other.words
  );
  return best && [...lines, best.line].toSorted((one, other) => one.from - other.from);
}

/** Cuts what is said by the way: in brackets, between two commas, or behind the last one. */
function cutAside({ lines }: Draft): Line[] | undefined {
  const aside =
    /\s*\([^()]*\)|,\s(?:which|who|whose|where|found|made|known)\b[^,;:.!?]*(?:,(?=\s)|(?=[.!?]$))/;
  const found = lines.find(({ text }) => aside.test(text));
  return found &&
    lines.map((line) => line === found ? { ...line, text: line.text.replace(aside, "") } : line);
}

/** Leaves out the line that alone speaks of the fewest keywords, unless it is the only one. */
function leaveOut({ lines, keywords }: Draft): Line[] | undefined {
  if (lines.length < 2) return undefined;
  const read = lines.map((line) => ({
    line,
    subjects: readSentences(line.text).flatMap(({ subjects }) => subjects),
  }));
  const weighed = read.map(({ line, subjects }) => {
    const others = read.filter((other) => other.line !== line).flatMap(({ subjects }) => subjects);
    const loss = keywords.filter((word) =>
      subjects.includes(word) && !others.includes(word)
    ).length;
    return { line, loss };
  });
  const [worst] = weighed.toSorted((one, other) =>
    one.loss - other.loss || other.line.text.length - one.line.text.length
  );
  return lines.filter((line) => line !== worst?.line);
}

/** Makes two lines of the longest one that has a joint. */
function split({ lines }: Draft): Line[] | undefined {
  const joint = /;\s+(?:and\s+|but\s+)?|,\s(?:and|but|so)\s+(?=\w+\s)/;
  const [longest] = lines.filter(({ text }) => joint.test(text))
    .toSorted((one, other) => other.text.length - one.text.length);
  if (!longest) return undefined;
  const parts = longest.text.split(joint).map((part) =>
    (part.charAt(0).toUpperCase() + part.slice(1)).replace(/[^.!?]$/, "$&.")
  );
  const { from } = longest;
  return lines.flatMap((line) => line === longest ? parts.map((text) => ({ from, text })) : [line]);
}
