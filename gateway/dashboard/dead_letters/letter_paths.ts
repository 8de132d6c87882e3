import type { LetterQuery } from "../../dead_letters/letter_query.ts";

/** Which letters to list. */
export type LetterFilter = Omit<LetterQuery, "limit">;

const PATH = "/dashboard/dead-letters";

/** The page of one letter. */
export function pathOfLetter(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

/**
 * The list, with what is looked for.
 *
 * @param filter which letters
 * @param more further parameters
 */
export function pathOfList(filter: LetterFilter, more: { readonly select?: "all" } = {}): string {
  const given = Object.entries({ ...filter, ...more })
    .filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const query = new URLSearchParams(given).toString();
  return query === "" ? PATH : `${PATH}?${query}`;
}
