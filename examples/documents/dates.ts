/**
 * Dates as documents write them, and what they stand for.
 *
 * @module
 */

/** A date on a page. */
export interface FoundDate {
  /** ISO 8601: `2024-03-12`. */
  readonly date: string;
  /** What the text calls it: `due date`; left out where it does not say. */
  readonly meaning?: string;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MEANING = /((?:invoice|due|order|delivery|payment|start|end)\s+date|date of birth)\s*:?\s*$/i;

/**
 * Reads one date.
 *
 * @param text `12 March 2024`, `March 12, 2024`, `2024-03-12` or `12.03.2024`
 * @returns ISO 8601, or `undefined` for anything else: also for `03/04/2024`, which is March to one
 * reader and April to another
 * @example
 * ```ts
 * import { parseDate } from "./dates.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseDate("12 March 2024"), "2024-03-12");
 * assert.equal(parseDate("03/04/2024"), undefined);
 * ```
 */
export function parseDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return createDate(iso[1]!, Number(iso[2]), iso[3]!);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted) return createDate(dotted[3]!, Number(dotted[2]), dotted[1]!);
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?,? (\d{4})$/i.exec(text);
  if (dayFirst) return createDate(dayFirst[3]!, monthOf(dayFirst[2]!), dayFirst[1]!);
  const monthFirst = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/i.exec(text);
  if (monthFirst) return createDate(monthFirst[3]!, monthOf(monthFirst[1]!), monthFirst[2]!);
  return undefined;
}

/**
 * Reads the dates among the phrases that a language model took for dates.
 *
 * @param text of the page
 * @param phrases in the order of the text
 * @returns each date once, the one with a meaning before the one without
 */
export function readDates(text: string, phrases: readonly string[]): FoundDate[] {
  const meanings = new Map<string, string | undefined>();
  let from = 0;
  for (const phrase of phrases) {
    const at = text.indexOf(phrase, from);
    if (at >= 0) from = at + phrase.length;
    const date = parseDate(phrase.replace(/\s+/g, " "));
    if (date === undefined) continue;
    const meaning = at < 0 ? undefined : MEANING.exec(text.slice(Math.max(0, at - 40), at))?.[1];
    meanings.set(date, meanings.get(date) ?? meaning?.toLowerCase().replace(/\s+/g, " "));
  }
  return [...meanings].map(([date, meaning]) => ({ date, ...(meaning && { meaning }) }));
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** `undefined` for a day that the calendar does not have. */
function createDate(year: string, month: number, day: string): string | undefined {
  const text = `${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined;
  return text;
}
