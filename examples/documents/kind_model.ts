/**
 * A model small enough to read: which words speak for which kind of document.
 *
 * Naive Bayes over the presence of words (Manning, Raghavan and Schütze, Introduction to
 * Information Retrieval, chapter 13), learnt from the few sentences of `kinds.json`.
 *
 * @module
 */

/** What a page can be. The last two are never learnt: nothing is on it, or nothing known. */
export const KINDS = [
  "invoice",
  "receipt",
  "letter",
  "form",
  "contract",
  "blank",
  "other",
] as const;

/** One of {@linkcode KINDS}. */
export type Kind = (typeof KINDS)[number];

/** For each learnt kind: how much each known word speaks for it, in nats. */
export type KindModel = ReadonlyMap<Kind, ReadonlyMap<string, number>>;

/** What a model says about a text. */
export interface KindGuess {
  readonly kind: Kind;
  /** How sure the model is of the kind: 0 to 1. */
  readonly certainty: number;
  /** How much each learnt kind fits, adding up to 1; empty where there was nothing to judge by. */
  readonly scores: Readonly<Partial<Record<Kind, number>>>;
  /** The words that spoke for the kind, strongest first. */
  readonly evidence: readonly string[];
}

/** Fewer known words than this are not enough to judge by. */
const MIN_KNOWN_WORDS = 3;
/** A kind must fit at least this much, or the page is `other`. */
const MIN_SCORE = 0.4;
const MAX_EVIDENCE = 6;

/**
 * Learns from texts whose kind is known.
 *
 * @param examples a few texts of each kind
 */
export function trainKindModel(examples: Readonly<Partial<Record<Kind, string[]>>>): KindModel {
  const learnt = Object.entries(examples).map(([kind, texts]) => ({
    kind: kind as Kind,
    texts: texts.map((text) => new Set(wordsOf(text))),
  }));
  const vocabulary = new Set(learnt.flatMap(({ texts }) => texts.flatMap((words) => [...words])));
  return new Map(learnt.map(({ kind, texts }) => [
    kind,
    new Map([...vocabulary].map((word) => {
      const withWord = texts.filter((words) => words.has(word)).length;
      return [word, Math.log((withWord + 1) / (texts.length + 2))];
    })),
  ]));
}

/**
 * Guesses what a text is.
 *
 * @param model from {@linkcode trainKindModel}
 * @param text of a page
 * @param confidence how sure the reader was of the text: 0 to 100
 * @example
 * ```ts
 * import { guessKind, trainKindModel } from "./kind_model.ts";
 * import assert from "node:assert/strict";
 * const model = trainKindModel({ letter: ["Dear friend, best wishes"], receipt: ["Total, cash, change"] });
 * assert.equal(guessKind(model, "Dear Ann, best wishes to you", 95).kind, "letter");
 * assert.equal(guessKind(model, "", 0).kind, "blank");
 * ```
 */
export function guessKind(model: KindModel, text: string, confidence: number): KindGuess {
  const words = [...new Set(wordsOf(text))];
  if (isBlank(words.length, confidence)) return guess("blank", 1);
  const [anyWeights] = model.values();
  const known = words.filter((word) => anyWeights?.has(word));
  if (known.length < MIN_KNOWN_WORDS) return guess("other", 1);
  const scores = scoresOf(model, known);
  const [best, score] = scores[0]!;
  if (score < MIN_SCORE) return guess("other", 1 - score, scores);
  return guess(best, score, scores, evidenceFor(model, best, known));
}

function guess(
  kind: Kind,
  certainty: number,
  scores: readonly [Kind, number][] = [],
  evidence: readonly string[] = [],
): KindGuess {
  return { kind, certainty, scores: Object.fromEntries(scores), evidence };
}

/** Dirt on an empty page is read as a few words that the reader itself does not believe. */
function isBlank(words: number, confidence: number): boolean {
  return words === 0 || (words < 5 && confidence < 60);
}

/** Words of three letters and more: what is shorter says nothing here. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
}

/**
 * Best first. The words of a page are far from independent, so their joint weight is divided by the
 * root of their number: else every score would be 0 or 1.
 */
function scoresOf(model: KindModel, known: readonly string[]): [Kind, number][] {
  const weights = [...model].map(([kind, words]): [Kind, number] => {
    const sum = known.reduce((total, word) => total + words.get(word)!, 0);
    return [kind, sum / Math.sqrt(known.length)];
  });
  const heaviest = Math.max(...weights.map(([, weight]) => weight));
  const relative = weights.map((
    [kind, weight],
  ): [Kind, number] => [kind, Math.exp(weight - heaviest)]);
  const whole = relative.reduce((total, [, value]) => total + value, 0);
  return relative
    .map(([kind, value]): [Kind, number] => [kind, Math.round(value / whole * 1000) / 1000])
    .toSorted(([, one], [, other]) => other - one);
}

/** Words that weigh more for this kind than for the next best, most telling first. */
function evidenceFor(model: KindModel, kind: Kind, known: readonly string[]): string[] {
  const others = [...model].filter(([other]) => other !== kind).map(([, words]) => words);
  return known
    .map((word) => ({
      word,
      lead: model.get(kind)!.get(word)! - Math.max(...others.map((words) => words.get(word)!)),
    }))
    .filter(({ lead }) => lead > 0)
    .toSorted((one, other) => other.lead - one.lead)
    .slice(0, MAX_EVIDENCE)
    .map(({ word }) => word);
}
