/**
 * A text without colours, and without what could command a terminal: for words that somebody else
 * chose, in a line of ours.
 *
 * @param text any text
 * @returns the text, with a space in place of every control character
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { printable } from "@asya/program";
 * assert.equal(printable("\x1b[31mred\x1b[0m\r\nand\x07 blue"), "red  and  blue");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}\[[\d;]*m/gu, "").replaceAll(/[^\P{Cc}\t]/gu, " ");
}
