/**
 * What the steps know about English: sentences, the words that matter, how easily a text reads.
 *
 * @module
 */
import model from "wink-eng-lite-web-model";
import winkNlp, { type ItemSentence, type ItsFunction } from "wink-nlp";

/** A sentence, and what it speaks of. */
export interface Sentence {
  /** The sentence as it is written. */
  readonly text: string;
  /** How many words it has. */
  readonly words: number;
  /** What it speaks of: nouns and names, each in its base form and once, in order. */
  readonly subjects: readonly string[];
}

const nlp = winkNlp(model, ["sbd", "pos"]);
const { its } = nlp;

/** The package's own type of it lacks an argument. */
const lemmaOf = its.lemma as unknown as ItsFunction<string>;

/** Kinds of words that say what a sentence speaks of. */
const SUBJECT_KINDS: readonly string[] = ["NOUN", "PROPN"];

/**
 * Takes a text apart.
 *
 * @param text English prose
 * @example
 * ```ts
 * import { readSentences } from "./language.ts";
 * import assert from "node:assert/strict";
 * const [first] = readSentences("The soldiers found the stones. They are in London.");
 * assert.deepEqual(first, {
 *   text: "The soldiers found the stones.", words: 5, subjects: ["soldier", "stone"],
 * });
 * ```
 */
export function readSentences(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  nlp.readDoc(text).sentences().each((sentence: ItemSentence) => {
    const tokens = sentence.tokens();
    const kinds = tokens.out(its.pos);
    const lemmas = tokens.out(lemmaOf);
    const isWord = (kind: string) => kind !== "PUNCT" && kind !== "SPACE";
    const subjects = lemmas.filter((lemma, index) =>
      lemma.length > 2 && SUBJECT_KINDS.includes(kinds[index] ?? "")
    );
    sentences.push({
      text: sentence.out().trim(),
      words: kinds.filter(isWord).length,
      subjects: [...new Set(subjects)],
    });
  });
  return sentences.filter(({ words }) => words > 0);
}

/**
 * What a text speaks of most, by the number of its sentences that do; of equals, the first.
 *
 * @param sentences of the text
 * @param count how many at most
 */
export function findKeywords(sentences: readonly Sentence[], count: number): string[] {
  const counts = new Map<string, number>();
  for (const { subjects } of sentences) {
    for (const subject of subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one)
    .slice(0, count).map(([subject]) => subject);
}

/**
 * How easily a text reads: the Flesch reading ease, about 100 for the easiest prose, 60 for plain
 * English, 30 and less for what needs a degree.
 *
 * @param text English prose
 */
export function readingEase(text: string): number {
  const stats = nlp.readDoc(text).out(its.readabilityStats);
  return typeof stats === "string" ? 0 : Math.round(stats.fres);
}
