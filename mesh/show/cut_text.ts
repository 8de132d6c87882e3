/**
 * As much of a text as there is room for, with an ellipsis where something is missing.
 *
 * @param text one line
 * @param columns how many characters may be shown
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cutText } from "./cut_text.ts";
 * assert.deepEqual([9, 4, 0].map((columns) => cutText("invoice", columns)), ["invoice", "inv…", ""]);
 * ```
 */
export function cutText(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  return columns < 1 ? "" : `${characters.slice(0, columns - 1).join("")}…`;
}
