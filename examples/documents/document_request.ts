/**
 * What a caller may ask for: which page images to read.
 *
 * @module
 */
import { ValidationError } from "@asya/runtime";

/** An image to read: a file of the folder `samples/`, or the bytes themselves. */
export type PageSource =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly base64: string };

/** A document to read: its name, and its pages in order. */
export interface DocumentRequest {
  readonly document: string;
  readonly sources: readonly PageSource[];
}

const MAX_PAGES = 50;
const SAMPLE_PATH = /^samples\/[\w][\w .-]*\.(png|jpe?g)$/i;

/**
 * Reads a request: `pages` (paths), `page` (one path), `images` (base64), and an optional
 * `document` (a name). Paths come before images where a request has both.
 *
 * @param payload what the tool's caller sent
 * @throws {ValidationError} which says what was got and what is allowed
 * @example
 * ```ts
 * import { parseDocumentRequest } from "./document_request.ts";
 * import assert from "node:assert/strict";
 * const request = parseDocumentRequest({ pages: ["samples/contract-1.png", "samples/contract-2.png"] });
 * assert.equal(request.document, "contract");
 * assert.throws(() => parseDocumentRequest({ page: "../secret.png" }), /allowed: samples\//);
 * ```
 */
export function parseDocumentRequest(payload: Record<string, unknown>): DocumentRequest {
  const paths = [
    ...listOf("pages", payload.pages),
    ...(payload.page === undefined || payload.page === null ? [] : listOf("page", [payload.page])),
  ];
  const images = listOf("images", payload.images);
  const sources = [
    ...paths.map(parseSamplePath),
    ...images.map((base64, index): PageSource => ({ name: `image ${index + 1}`, base64 })),
  ];
  if (sources.length === 0) {
    throw new ValidationError(
      `got no page, allowed: pages or page (paths like samples/invoice.png), or images (base64)`,
    );
  }
  if (sources.length > MAX_PAGES) {
    throw new ValidationError(`got ${sources.length} pages, allowed: ${MAX_PAGES} in one document`);
  }
  return { document: nameOf(payload.document, paths[0]), sources };
}

function listOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw new ValidationError(`got ${name}: ${brief(value)}, allowed: text, or a list of texts`);
  }
  return value;
}

function parseSamplePath(path: string): PageSource {
  if (SAMPLE_PATH.test(path)) return { name: path, path };
  throw new ValidationError(
    `got the page ${brief(path)}, allowed: samples/<name>.png or .jpg, beside this example's code`,
  );
}

/** The caller's name for it, or the first file's name without its page number. */
function nameOf(document: unknown, firstPath: string | undefined): string {
  if (typeof document === "string" && document.trim() !== "") return document.trim();
  const file = firstPath?.split("/").at(-1)?.replace(/\.\w+$/, "");
  return file?.replace(/[-_ ]?\d+$/, "") || file || "document";
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
