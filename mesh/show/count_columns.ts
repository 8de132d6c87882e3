/**
 * What takes two columns of a terminal: East Asian wide and fullwidth characters, and emoji.
 *
 * @see https://www.unicode.org/reports/tr11/
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\p{Emoji}\ufe0f/u;

/** What nearly all texts are made of takes one each, and needs no looking up. */
const PLAIN = /^[ -~…]*$/;

/** What takes none: marks on the character before them, and what is only there for programs. */
const NARROW = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

/**
 * The characters of a text as a reader counts them, each with the columns of a terminal it takes.
 *
 * @param text one line
 */
export function charactersOf(
  text: string,
): readonly { readonly text: string; readonly columns: number }[] {
  if (PLAIN.test(text)) return Array.from(text, (text) => ({ text, columns: 1 }));
  const segments = new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text);
  return Array.from(segments, ({ segment }) => ({
    text: segment,
    columns: NARROW.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1,
  }));
}

/**
 * How many columns of a terminal a text takes.
 *
 * @param text one line
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countColumns } from "./count_columns.ts";
 * assert.deepEqual(["abc", "漢字", "e\u0301", "👩‍👩‍👧", "✓"].map(countColumns), [3, 4, 1, 2, 1]);
 * ```
 */
export function countColumns(text: string): number {
  return PLAIN.test(text)
    ? text.length
    : charactersOf(text).reduce((sum, { columns }) => sum + columns, 0);
}
