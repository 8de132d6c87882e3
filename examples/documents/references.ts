/**
 * The numbers that documents give themselves and others.
 *
 * @module
 */

/** A number by which a document is called. */
export interface Reference {
  /** What it numbers: `invoice`, `receipt`, `order`, … */
  readonly of: string;
  readonly number: string;
}

const REFERENCE =
  /\b(?:(invoice|receipt|order|contract|customer)\s+(?:no|number|nr)\b\.?|(?:your|our)\s+(order))[:#\s]*([a-z]*[-/]?\d[a-z\d/-]*)/gi;

/**
 * Finds numbers with a name: `Invoice No. NP-2024-0117`.
 *
 * @param text of a page
 * @example
 * ```ts
 * import { findReferences } from "./references.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(findReferences("Invoice No. NP-2024-0117"), [
 *   { of: "invoice", number: "NP-2024-0117" },
 * ]);
 * ```
 */
export function findReferences(text: string): Reference[] {
  return [...text.matchAll(REFERENCE)].map(([, named, owned, number]) => ({
    of: (named ?? owned)!.toLowerCase(),
    number: number!,
  }));
}
