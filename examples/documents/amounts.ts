/**
 * Amounts of money in a text, with the words that name them.
 *
 * @module
 */

/** An amount and what the text calls it. */
export interface LabelledAmount {
  /** The words before it on its line; empty where there are none. */
  readonly label: string;
  readonly value: number;
  /** ISO 4217 code, where the text gives a currency. */
  readonly currency?: string;
}

const CURRENCIES: Readonly<Record<string, string>> = { "€": "EUR", "$": "USD", "£": "GBP" };
const CURRENCY = "(?:EUR|USD|GBP|CHF|[€$£])";

/** Two decimals are what tells an amount from any other number: 12.50, 1,498.81, 1.498,81. */
const NUMBER = String.raw`(?:\d{1,3}(?:[.,]\d{3})+[.,]\d{2}|\d+[.,]\d{2})`;
const AMOUNT = new RegExp(
  String.raw`(?<![\d.,])(?:(${CURRENCY})\s?)?(${NUMBER})(?![.,]?\d)(?:\s?(${CURRENCY}))?`,
  "g",
);

/** What totals are called; the first that a text has wins, and its last place in the text. */
const TOTAL_NAMES = [
  String.raw`(?:grand total|total due|amount due|balance due|total payable)`,
  String.raw`(?<!sub[- ]?)\btotal\b`,
];

/**
 * Finds every amount. A line that ends in an amount is a row of a table: of a row with several, only
 * the last counts (quantity, unit price, amount).
 *
 * @param text of a page, line by line
 * @example
 * ```ts
 * import { findAmounts } from "./amounts.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(findAmounts("Drawing paper 40 12.50 500.00\nTotal due EUR 1,498.81"), [
 *   { label: "Drawing paper", value: 500 },
 *   { label: "Total due", value: 1498.81, currency: "EUR" },
 * ]);
 * ```
 */
export function findAmounts(text: string): LabelledAmount[] {
  return text.split("\n").flatMap((line) => {
    const matches = [...line.matchAll(AMOUNT)];
    const last = matches.at(-1);
    if (last === undefined) return [];
    const isRow = line.trimEnd().endsWith(last[0].trimEnd());
    if (isRow) return [createAmount(last, line.slice(0, matches[0]!.index))];
    return matches.map((match, index) => {
      const before = matches[index - 1];
      return createAmount(
        match,
        line.slice(before ? before.index + before[0].length : 0, match.index),
      );
    });
  });
}

/**
 * Finds the amount that a text calls its total, whatever stands between name and number as long as
 * it is short and has no digit.
 *
 * @param text of a page
 * @example
 * ```ts
 * import { findTotal } from "./amounts.ts";
 * import assert from "node:assert/strict";
 * assert.equal(findTotal("Subtotal 20.45\nTOTAL $22.31\nCash $25.00")?.value, 22.31);
 * ```
 */
export function findTotal(text: string): LabelledAmount | undefined {
  for (const name of TOTAL_NAMES) {
    const named = new RegExp(`(${name})[^\\d€$£]{0,60}?(?=${AMOUNT.source})`, "gi");
    const found = [...text.matchAll(named)].at(-1);
    if (found === undefined) continue;
    const [amount] = text.slice(found.index + found[0].length).matchAll(AMOUNT);
    if (amount) return createAmount(amount, found[1]!);
  }
  return undefined;
}

function createAmount(match: RegExpMatchArray, before: string): LabelledAmount {
  const [, currencyBefore, digits, currencyAfter] = match;
  const currency = currencyBefore ?? currencyAfter;
  return {
    label: labelOf(before),
    value: parseNumber(digits!),
    ...(currency && { currency: CURRENCIES[currency] ?? currency }),
  };
}

/** Of "Archive box, acid free 12", the quantity goes; of a long sentence, the beginning. */
function labelOf(before: string): string {
  const label = before.replace(/[\s\d:|—_-]+$/, "").replace(/^[^\p{L}\d]+/u, "");
  return label.length > 60 ? `…${label.slice(-60).replace(/^\S*\s/, "")}` : label;
}

/** The last separator is the decimal one; any before it group thousands. */
function parseNumber(digits: string): number {
  return Number(`${digits.slice(0, -3).replace(/[.,]/g, "")}.${digits.slice(-2)}`);
}
