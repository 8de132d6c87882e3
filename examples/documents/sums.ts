/**
 * Does the document add up? The cheapest way to notice a digit that was misread.
 *
 * @module
 */
import type { LabelledAmount } from "./amounts.ts";

const SUBTOTAL = /\bsub-? ?total\b/i;
const TAX = /\b(vat|tax)\b(?!.*\bincl)/i;
/** Rows that are no items: sums, taxes, and how it was paid. */
const NO_ITEM = /\b(sub-? ?total|total|vat|tax|cash|change|card|paid|balance|amount due|tip)\b/i;

/**
 * Compares the items with their sum, and the sum and the tax with the total.
 *
 * @param amounts of the document, in order
 * @param total what the document calls its total
 * @returns a sentence for each sum that is not what it should be
 * @example
 * ```ts
 * import { warningsAboutSums } from "./sums.ts";
 * import assert from "node:assert/strict";
 * const amounts = [{ label: "Tea", value: 2.5 }, { label: "Cake", value: 4 }];
 * assert.deepEqual(warningsAboutSums(amounts, 6.5), []);
 * assert.deepEqual(warningsAboutSums(amounts, 8.5), ["the items add up to 6.50, not to 8.50"]);
 * ```
 */
export function warningsAboutSums(amounts: readonly LabelledAmount[], total: number): string[] {
  const subtotal = amounts.find(({ label }) => SUBTOTAL.test(label))?.value;
  const tax = sumOf(amounts.filter(({ label }) => TAX.test(label)));
  const items = amounts.filter(({ label }) => !NO_ITEM.test(label));
  return [
    ...(items.length > 1 ? compare("the items", sumOf(items), subtotal ?? total - tax) : []),
    ...(subtotal !== undefined ? compare("subtotal and tax", subtotal + tax, total) : []),
  ];
}

function sumOf(amounts: readonly LabelledAmount[]): number {
  return amounts.reduce((sum, { value }) => sum + value, 0);
}

function compare(what: string, got: number, expected: number): string[] {
  if (Math.abs(got - expected) < 0.005) return [];
  return [`${what} add up to ${got.toFixed(2)}, not to ${expected.toFixed(2)}`];
}
