import { charactersOf, countColumns } from "./count_columns.ts";

/**
 * As much of a text as there is room for, with an ellipsis where something is missing.
 *
 * @param text one line
 * @param columns how many columns of a terminal it may take
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cutText } from "./cut_text.ts";
 * assert.deepEqual([9, 4, 0].map((columns) => cutText("invoice", columns)), ["invoice", "inv…", ""]);
 * assert.deepEqual([6, 5, 4].map((columns) => cutText("請求書", columns)), ["請求書", "請求…", "請…"]);
 * ```
 */
export function cutText(text: string, columns: number): string {
  if (countColumns(text) <= columns) return text;
  if (columns < 1) return "";
  let cut = "";
  let left = columns - 1;
  for (const character of charactersOf(text)) {
    left -= character.columns;
    if (left < 0) break;
    cut += character.text;
  }
  return `${cut}…`;
}
