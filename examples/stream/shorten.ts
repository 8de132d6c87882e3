/**
 * Shortens a text to its most telling sentences, without a language model: the same text always
 * gives the same summary.
 *
 * @module
 */

/**
 * Picks the sentences whose words are the most frequent in the text (Luhn, The Automatic Creation of
 * Literature Abstracts, 1958), in the order of the text.
 *
 * @param text to shorten
 * @param sentences how many to keep, at least 1
 * @example
 * ```ts
 * import { shorten } from "./shorten.ts";
 * import assert from "node:assert/strict";
 * const text = "Bread is baked. Bread needs flour to be baked. It rains.";
 * assert.equal(shorten(text, 1), "Bread needs flour to be baked.");
 * ```
 */
export function shorten(text: string, sentences: number): string {
  const all = text.match(/[^.!?]+[.!?]*/g)?.map((sentence) => sentence.trim()).filter(Boolean) ??
    [];
  const frequencies = countWords(wordsOf(text));
  const weigh = (sentence: string) => {
    const words = new Set(wordsOf(sentence));
    return [...words].reduce((sum, word) => sum + (frequencies.get(word) ?? 0), 0);
  };
  const kept = new Set(
    all.toSorted((one, other) => weigh(other) - weigh(one)).slice(0, Math.max(1, sentences)),
  );
  return all.filter((sentence) => kept.has(sentence)).join(" ");
}

/** Words of four letters and more; shorter ones are mostly glue. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
