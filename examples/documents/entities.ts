/**
 * What the step `extract` finds on a page.
 *
 * @module
 */
import type { LabelledAmount } from "./amounts.ts";
import type { FoundDate } from "./dates.ts";
import type { Party } from "./parties.ts";
import type { Reference } from "./references.ts";

/** Everything found on one page, each list in the order of the text. */
export interface Entities {
  readonly parties: readonly Party[];
  readonly dates: readonly FoundDate[];
  readonly amounts: readonly LabelledAmount[];
  /** The amount that the page itself calls its total. */
  readonly total?: LabelledAmount;
  readonly references: readonly Reference[];
  readonly emails: readonly string[];
  readonly urls: readonly string[];
  /** Periods like "30 days". */
  readonly durations: readonly string[];
  readonly percentages: readonly string[];
  /** Every other number, as it is written. */
  readonly numbers: readonly string[];
}
