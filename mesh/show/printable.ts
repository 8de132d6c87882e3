/**
 * A text without colours, and without what could move a terminal's cursor: for words that somebody
 * else chose.
 *
 * @param text any text
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { printable } from "./printable.ts";
 * assert.equal(printable("\x1b[31mred\x1b[0m\r\nand\x07 blue"), "red  and  blue");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}\[[\d;]*m/gu, "").replaceAll(/[^\P{Cc}\t]/gu, " ");
}
