/**
 * The record that this pipeline is for, and how pages become one.
 *
 * @module
 */
import type { LabelledAmount } from "./amounts.ts";
import type { FoundDate } from "./dates.ts";
import type { Kind } from "./kind_model.ts";
import type { ClassifiedPage } from "./page.ts";
import type { Party } from "./parties.ts";
import { type Essence, summarise } from "./summary.ts";
import { warningsAboutSums } from "./sums.ts";

/** Everything the pipeline learnt about one document. */
export interface DocumentRecord extends Essence {
  readonly document: string;
  /** The record in one sentence. */
  readonly summary: string;
  /** How sure the pipeline is, 0 to 1: the worse of how well it read and how well the kind fits. */
  readonly confidence: number;
  readonly amounts: readonly LabelledAmount[];
  /** Email and web addresses. */
  readonly contacts: readonly string[];
  /** The words that spoke for the kind, strongest first. */
  readonly evidence: readonly string[];
  readonly pages: readonly RecordedPage[];
  /** What a person should look at; empty when all is well. */
  readonly warnings: readonly string[];
}

/** One page, as the record keeps it. */
export interface RecordedPage {
  readonly page: number;
  readonly source: string;
  readonly kind: Kind;
  /** How well it was read: 0 to 1. */
  readonly confidence: number;
  readonly words: number;
}

/** Kinds whose amounts are a sum; those of a contract are not. */
const BILLS: readonly Kind[] = ["invoice", "receipt"];
/** Below this, a page's text is worth a second look. */
const POOR_READING = 0.7;
/** Below this, the kind is a guess. */
const UNSURE_KIND = 0.6;

/**
 * Makes one record out of the pages of a document.
 *
 * @param pages that arrived, at least one
 * @param missing numbers of the pages that did not
 */
export function createDocumentRecord(
  pages: readonly ClassifiedPage[],
  missing: readonly number[],
): DocumentRecord {
  const ordered = pages.toSorted((one, other) => one.page - other.page);
  const written = ordered.filter((page) => page.kind !== "blank");
  const { kind, certainty } = kindOf(written);
  const found = written.map((page) => page.entities);
  const amounts = found.flatMap((entities) => entities.amounts);
  const total = found.findLast((entities) => entities.total)?.total;
  const essence: Essence = {
    kind,
    total: total?.value ?? null,
    currency: total?.currency ?? onlyCurrency(amounts) ?? null,
    references: uniqueBy(
      found.flatMap((entities) => entities.references),
      ({ of, number }) => `${of} ${number}`,
    ),
    dates: mergeDates(found.flatMap((entities) => entities.dates)),
    parties: uniqueBy(written.flatMap(partiesOf), (party) => party.name),
  };
  return {
    document: ordered[0]!.document,
    summary: summarise(essence, ordered.length),
    confidence: round(Math.min(certainty, ...written.map((page) => page.confidence / 100))),
    ...essence,
    amounts,
    contacts: unique(found.flatMap(({ emails, urls }) => [...emails, ...urls])),
    evidence: unique(written.filter((page) => page.kind === kind).flatMap((page) => page.evidence)),
    pages: ordered.map(recordPage),
    warnings: [
      ...missing.map((page) => `page ${page} is missing: it ended on the way`),
      ...warningsAbout(ordered, kind, certainty),
      ...(total && BILLS.includes(kind) ? warningsAboutSums(amounts, total.value) : []),
    ],
  };
}

function recordPage({ page, source, kind, confidence, text }: ClassifiedPage): RecordedPage {
  const words = text.split(/\s+/).filter((word) => word !== "").length;
  return { page, source, kind, confidence: round(confidence / 100), words };
}

/** The kind of most of the text, and how sure that is; `blank` where nothing is written. */
function kindOf(written: readonly ClassifiedPage[]): { kind: Kind; certainty: number } {
  const length = written.reduce((sum, page) => sum + page.text.length, 0);
  const shares = new Map<Kind, number>();
  for (const { kind, certainty, text } of written) {
    shares.set(kind, (shares.get(kind) ?? 0) + certainty * text.length / length);
  }
  const [largest] = [...shares].toSorted(([, one], [, other]) => other - one);
  return largest ? { kind: largest[0], certainty: largest[1] } : { kind: "blank", certainty: 1 };
}

/** Shops write their name over a receipt, and seldom what they are in law. */
function partiesOf({ kind, text, entities }: ClassifiedPage): readonly Party[] {
  const hasSender = entities.parties.some((party) => party.role === "sender");
  const headline = text.split("\n")[0]!.trim();
  if (kind !== "receipt" || hasSender || headline === "") return entities.parties;
  return [{ name: headline, type: "organisation", role: "sender" }, ...entities.parties];
}

/** Each date once; the first page that says what a date means is believed. */
function mergeDates(dates: readonly FoundDate[]): FoundDate[] {
  const explained = dates.filter((date) => date.meaning);
  return uniqueBy(
    dates.map((date) => explained.find((other) => other.date === date.date) ?? date),
    ({ date }) => date,
  );
}

/** The currency that every amount with one agrees on. */
function onlyCurrency(amounts: readonly LabelledAmount[]): string | undefined {
  const currencies = unique(amounts.flatMap(({ currency }) => currency ?? []));
  return currencies.length === 1 ? currencies[0] : undefined;
}

function warningsAbout(pages: readonly ClassifiedPage[], kind: Kind, certainty: number): string[] {
  const blank = pages.filter((page) => page.kind === "blank");
  const poor = pages.filter((page) =>
    page.kind !== "blank" && page.confidence < POOR_READING * 100
  );
  return [
    ...blank.map(({ page }) => `page ${page} is blank`),
    ...poor.map(({ page, confidence }) => `page ${page} was hard to read: ${confidence} of 100`),
    ...(certainty < UNSURE_KIND
      ? [`the kind ${kind} is a guess: ${Math.round(certainty * 100)} of 100`]
      : []),
  ];
}

function round(fraction: number): number {
  return Math.round(fraction * 100) / 100;
}

function unique(values: readonly string[]): string[] {
  return uniqueBy(values, (value) => value);
}

/** Keeps the first value of each key. */
function uniqueBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const keys = values.map(keyOf);
  return values.filter((_, index) => keys.indexOf(keys[index]!) === index);
}
