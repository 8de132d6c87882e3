/**
 * A record in one sentence, for people.
 *
 * @module
 */
import type { FoundDate } from "./dates.ts";
import type { Kind } from "./kind_model.ts";
import type { Party } from "./parties.ts";
import type { Reference } from "./references.ts";

/** The fields of a record that matter most. */
export interface Essence {
  readonly kind: Kind;
  /** The amount that the document calls its total; `null` where it has none. */
  readonly total: number | null;
  /** ISO 4217 code of the total; `null` where the document does not say. */
  readonly currency: string | null;
  readonly references: readonly Reference[];
  readonly dates: readonly FoundDate[];
  readonly parties: readonly Party[];
}

/**
 * Says the essence of a record.
 *
 * @param essence what is known
 * @param pages how many pages the document has
 * @example
 * ```ts
 * import { summarise } from "./summary.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   summarise({
 *     kind: "receipt",
 *     parties: [{ name: "The Copper Kettle", type: "organisation", role: "sender" }],
 *     references: [{ of: "receipt", number: "004512" }],
 *     dates: [{ date: "2024-06-03" }],
 *     total: 20.45,
 *     currency: "USD",
 *   }, 1),
 *   "Receipt 004512 from The Copper Kettle, 2024-06-03, USD 20.45",
 * );
 * ```
 */
export function summarise(essence: Essence, pages: number): string {
  const { kind, references, dates, total, currency } = essence;
  if (kind === "blank") return pages === 1 ? "Blank page" : `${pages} blank pages`;
  const number = references.find((reference) => reference.of === kind)?.number;
  const due = dates.find((date) => date.meaning === "due date")?.date;
  const title = [kind === "other" ? "Document of no known kind" : capitalise(kind), number]
    .filter((part) => part !== undefined).join(" ");
  return [
    `${title}${parties(essence)}`,
    dateOf(essence),
    total === null ? undefined : `${currency ?? ""} ${total.toFixed(2)}`.trim(),
    due && `due ${due}`,
  ].filter((part) => part !== undefined).join(", ");
}

/** From whom and to whom; of a contract, between whom. */
function parties({ kind, parties }: Essence): string {
  const named = (role: string) => parties.find((party) => party.role === role)?.name;
  if (kind === "contract") {
    const sides = parties.filter((party) => party.type === "organisation").map(({ name }) => name);
    return sides.length === 0 ? "" : ` between ${sides.join(" and ")}`;
  }
  const [sender, recipient] = [named("sender"), named("recipient")];
  return `${sender ? ` from ${sender}` : ""}${recipient ? ` to ${recipient}` : ""}`;
}

/** The document's own date: `invoice date` of an invoice, otherwise the first without a meaning. */
function dateOf({ kind, dates }: Essence): string | undefined {
  const own = dates.find(({ meaning }) => meaning === `${kind} date`) ??
    dates.find(({ meaning }) => meaning === undefined);
  return own?.date;
}

function capitalise(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
