/**
 * Who a document is between.
 *
 * @module
 */

/** Somebody the document names. */
export interface Party {
  readonly name: string;
  readonly type: "organisation" | "person";
  /** `sender`, `recipient`, `signatory`, or what a contract calls the party: `supplier`. */
  readonly role?: string;
}

/** A name on a page. */
export type PartyName = Pick<Party, "name" | "type">;

const RECIPIENT = /\b(?:bill(?:ed)? to|invoice to|ship to|dear)\b/i;
const SIGNATURE =
  /(?:[Yy]ours (?:sincerely|faithfully|truly)|(?:[Kk]ind|[Bb]est) regards),?\s+(\p{Lu}[\p{L}.-]+(?: \p{Lu}[\p{L}.-]+)+)/u;
const TITLE = /^(mr|mrs|ms|dr|prof)\.? /i;

/**
 * Says what part each name plays, and names nobody twice.
 *
 * @param text of the page
 * @param names in the order of the text
 * @returns each party once; "Mr Renn" is the same as "Mr Tobias Renn"
 * @example
 * ```ts
 * import { findParties } from "./parties.ts";
 * import assert from "node:assert/strict";
 * const text = "Northwind Paper Ltd\nBill to\nFoxglove Studio GmbH";
 * const names = ["Northwind Paper Ltd", "Foxglove Studio GmbH"];
 * assert.deepEqual(
 *   findParties(text, names.map((name) => ({ name, type: "organisation" }))).map((p) => p.role),
 *   ["sender", "recipient"],
 * );
 * ```
 */
export function findParties(text: string, names: readonly PartyName[]): Party[] {
  const signatory = SIGNATURE.exec(text)?.[1];
  const named: PartyName[] = signatory
    ? [...names, { name: signatory, type: "person" }]
    : [...names];
  const addressee = recipientOf(text, named);
  const parties: Party[] = [];
  for (const party of named) {
    if (parties.some((known) => isSame(known.name, party.name))) continue;
    const fullest = named.filter((other) => isSame(other.name, party.name))
      .reduce((one, other) => other.name.length > one.name.length ? other : one);
    const role = contractRole(text, party.name) ??
      (addressee && isSame(fullest.name, addressee.name) ? "recipient" : undefined) ??
      (isLetterhead(text, party) ? "sender" : undefined) ??
      (party.name === signatory ? "signatory" : undefined);
    parties.push({ ...fullest, ...(role && { role }) });
  }
  return parties;
}

/** The first name after "Bill to" or "Dear". */
function recipientOf(text: string, names: readonly PartyName[]): PartyName | undefined {
  const at = text.search(RECIPIENT);
  if (at < 0) return undefined;
  const after = names.map((party) => ({ party, at: text.indexOf(party.name, at) }))
    .filter((found) => found.at >= 0)
    .toSorted((one, other) => one.at - other.at);
  return after[0]?.party;
}

/** An organisation on the first line of text. */
function isLetterhead(text: string, party: PartyName): boolean {
  const firstLine = text.trimStart().split("\n")[0] ?? "";
  return party.type === "organisation" && firstLine.includes(party.name);
}

/** `Larkspur Analytics Ltd, 9 Tower Court (the "Supplier")` */
function contractRole(text: string, name: string): string | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const after = text.slice(at + name.length, at + name.length + 100);
  return /^[^()]*\(the ["“”'‘’]?(\p{L}+)["“”'‘’]?\)/u.exec(after)?.[1]?.toLowerCase();
}

/** Equal but for a title, or one is the other's title and last word. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one.replace(TITLE, ""), other.replace(TITLE, "")];
  return a === b ||
    (TITLE.test(one) && TITLE.test(other) && (a.endsWith(` ${b}`) || b.endsWith(` ${a}`)));
}
