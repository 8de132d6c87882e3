/**
 * Judges a draft by numbers: the same draft always gets the same verdict.
 *
 * @module
 */
import type { Brief, Fault, Verdict } from "./draft.ts";
import { readingEase, readSentences } from "./language.ts";

/** Plain English, by Flesch. */
const GOOD_EASE = 60;

/** The part of the keywords that a good summary speaks of. */
const GOOD_COVERAGE = 0.8;

/**
 * Measures a draft.
 *
 * @param summary the draft
 * @param brief what it has to be
 * @example
 * ```ts
 * import { measure } from "./measure.ts";
 * import assert from "node:assert/strict";
 * const brief = { text: "", words: 5, keywords: ["bread", "flour"], rounds: 0 };
 * assert.deepEqual(measure("We bake bread.", brief).faults, ["misses keywords"]);
 * assert.equal(measure("Bread needs flour.", brief).score, 1);
 * ```
 */
export function measure(summary: string, brief: Brief): Verdict {
  const read = readSentences(summary);
  const words = read.reduce((sum, sentence) => sum + sentence.words, 0);
  const spokenOf = new Set(read.flatMap(({ subjects }) => subjects));
  const missing = brief.keywords.filter((keyword) => !spokenOf.has(keyword));
  const coverage = 1 - missing.length / Math.max(1, brief.keywords.length);
  const ease = readingEase(summary);
  const marks: readonly (readonly [Fault, number])[] = [
    ["misses keywords", part(coverage, GOOD_COVERAGE)],
    ["too long", words === 0 ? 0 : part(brief.words, words)],
    ["hard to read", part(ease, GOOD_EASE)],
  ];
  const score = marks.reduce((product, [, mark]) => product * mark, 1);
  const faults = marks.filter(([, mark]) => mark < 1)
    .toSorted(([, one], [, other]) => one - other).map(([fault]) => fault);
  return { summary, score: Math.round(score * 100) / 100, words, missing, ease, faults };
}

/** How much of what is wanted is there, from 0 to 1. */
function part(there: number, wanted: number): number {
  return Math.min(1, Math.max(0, there / wanted));
}
