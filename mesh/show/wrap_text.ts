/**
 * Breaks a text into lines between its words. A word that is longer than a line has one of its own.
 *
 * @param text words with single spaces between them
 * @param columns how wide a line may be
 * @param indent spaces before each line
 * @param first spaces before the first line, where that is another
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wrapText } from "./wrap_text.ts";
 * assert.equal(wrapText("a mesh of actors", 9, 2), "  a mesh\n  of\n  actors");
 * ```
 */
export function wrapText(text: string, columns: number, indent = 0, first = indent): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const start = lines.length === 0 ? first : indent;
    if (line !== "" && start + line.length + 1 + word.length > columns) {
      lines.push(" ".repeat(start) + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, " ".repeat(lines.length === 0 ? first : indent) + line].join("\n");
}
