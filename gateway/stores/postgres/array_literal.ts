/** A value of a column; what is absent becomes NULL. */
export type Cell = string | number | null | undefined;

/**
 * Writes a column of values as an array of PostgreSQL, so that one statement takes many rows.
 *
 * @param cells text and numbers
 * @returns an array's literal, for a parameter cast to `text[]`, `bigint[]` or the like
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function toArray(cells: readonly Cell[]): string {
  return `{${cells.map(toElement).join(",")}}`;
}

/**
 * Whether a text can be stored as it is: without the character NUL, which PostgreSQL's text does not
 * have, and with every surrogate in its pair.
 *
 * @param text what somebody sent
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function toElement(cell: Cell): string {
  if (cell === null || cell === undefined) return "NULL";
  if (typeof cell === "number") return String(cell);
  // Two plain passes cost half of what one with a pattern does: JSON has many quotes.
  return `"${cell.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
