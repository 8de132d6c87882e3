/**
 * Step `record`: one structured record for a document, from its pages.
 *
 * @module
 */
import { ValidationError } from "@asya/runtime";
import { createDocumentRecord, type DocumentRecord } from "./document_record.ts";
import { parseClassifiedPage } from "./page.ts";

/**
 * Makes the record of a document.
 *
 * @param msg its payload is one page, or what a join makes of the pages of a document:
 * `{"branches": [page, null, …]}`, in order, with `null` for a page that ended on the way
 * @throws {ValidationError} when that is not what it is, or no page arrived
 */
export default function record(msg: { payload: Record<string, unknown> }): DocumentRecord {
  const { branches } = msg.payload;
  if (branches === undefined) return createDocumentRecord([parseClassifiedPage(msg.payload)], []);
  if (!Array.isArray(branches)) {
    throw new ValidationError(`got branches of type ${typeof branches}, allowed: a list of pages`);
  }
  const arrived = branches.filter((branch) => branch !== null).map(parseClassifiedPage);
  const missing = branches.flatMap((branch, index) => branch === null ? [index + 1] : []);
  if (arrived.length === 0) {
    throw new ValidationError(
      `got ${branches.length} branches and no page, allowed: at least one page`,
    );
  }
  return createDocumentRecord(arrived, missing);
}
