/**
 * What travels between the steps: one page of a document, richer after every step.
 *
 * @module
 */
import { ValidationError } from "@asya/runtime";
import type { Entities } from "./entities.ts";
import type { KindGuess } from "./kind_model.ts";

/** A paragraph on the page, with its place in pixels from the image's top left corner. */
export interface TextBlock {
  readonly text: string;
  /** How sure the reader is: 0 to 100. */
  readonly confidence: number;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
}

/** A page after the step `ocr`. */
export interface Page {
  /** Name of the document that the page belongs to. */
  readonly document: string;
  /** Place of this page in the document, from 1. */
  readonly page: number;
  /** How many pages the document has. */
  readonly pages: number;
  /** Where the image came from: its path, or `image 1`. */
  readonly source: string;
  /** The text in reading order; empty for a blank page. */
  readonly text: string;
  /** Mean confidence of the words: 0 (also for a blank page) to 100. */
  readonly confidence: number;
  readonly blocks: readonly TextBlock[];
  /** What read the image: name and version. */
  readonly reader: string;
}

/** A page after the step `extract`. */
export interface ExtractedPage extends Page {
  readonly entities: Entities;
}

/** A page after the step `classify`. */
export interface ClassifiedPage extends ExtractedPage, KindGuess {}

/**
 * Reads the page that the step `ocr` made out of a payload.
 *
 * @param payload what the step got
 * @throws {ValidationError} when it is not a page
 * @example
 * ```ts
 * import { parsePage } from "./page.ts";
 * import assert from "node:assert/strict";
 * assert.throws(() => parsePage({ text: 5 }), /got a payload with text, allowed: a page/);
 * ```
 */
export function parsePage(payload: unknown): Page {
  if (isObject(payload) && isPage(payload)) return payload;
  throw notA(
    "a page with document, page, pages, text and confidence, as the step ocr sends it",
    payload,
  );
}

/**
 * Reads the page that the step `classify` made out of a payload.
 *
 * @param payload what the step got
 * @throws {ValidationError} when it is not such a page
 */
export function parseClassifiedPage(payload: unknown): ClassifiedPage {
  if (isObject(payload) && isPage(payload) && isClassified(payload)) return payload;
  throw notA("a page with entities, kind and certainty, as the step classify sends it", payload);
}

function isPage(fields: object): fields is Page {
  const page = fields as Partial<Record<keyof Page, unknown>>;
  return typeof page.document === "string" && typeof page.text === "string" &&
    isCount(page.page) && isCount(page.pages) && typeof page.confidence === "number";
}

function isClassified(page: Page): page is ClassifiedPage {
  const { entities, kind, certainty } = page as Partial<Record<keyof ClassifiedPage, unknown>>;
  return isObject(entities) && typeof kind === "string" && typeof certainty === "number";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function notA(allowed: string, payload: unknown): ValidationError {
  const got = isObject(payload) ? Object.keys(payload).join(", ") || "nothing" : String(payload);
  return new ValidationError(`got a payload with ${got}, allowed: ${allowed}`);
}
