import assert from "node:assert/strict";
import { createHandlerContext } from "../handler_context.ts";
import classify from "./classify.ts";
import type { DocumentRecord } from "./document_record.ts";
import { Extract } from "./extract.ts";
import { Ocr } from "./ocr.ts";
import { ocrPermissions } from "./ocr_permissions.ts";
import record from "./record.ts";

/** Runs the steps in the order of the route; the pages meet again before the last one. */
async function readDocument(ocr: Ocr, extract: Extract, pages: string[]): Promise<DocumentRecord> {
  const answer = await ocr.handle({ payload: { pages } }, createHandlerContext());
  const branches = [answer].flat().map((page) =>
    classify({ payload: { ...extract.handle({ payload: { ...page } }) } })
  );
  return record({ payload: { branches } });
}

/** What a person would write down about each document. */
const documents: { pages: string[]; expected: Partial<DocumentRecord> }[] = [
  {
    pages: ["invoice.png"],
    expected: {
      kind: "invoice",
      summary: "Invoice NP-2024-0117 from Northwind Paper Ltd to Foxglove Studio GmbH, " +
        "2024-03-12, EUR 1498.81, due 2024-04-11",
      total: 1498.81,
      currency: "EUR",
      warnings: [],
    },
  },
  {
    pages: ["letter.png"],
    expected: {
      kind: "letter",
      summary: "Letter from Marlow Bakery Ltd to Mr Tobias Renn, 2024-05-21",
      total: null,
      warnings: [],
    },
  },
  {
    pages: ["receipt.png"],
    expected: { kind: "receipt", total: 20.45, currency: "USD", warnings: [] },
  },
  {
    pages: ["form.png"],
    expected: {
      kind: "form",
      dates: [{ date: "1991-07-04", meaning: "date of birth" }],
      contacts: ["clara.oakfield@post.example"],
    },
  },
  {
    pages: ["noisy.jpg"],
    expected: { kind: "invoice", total: 2436, currency: "USD", warnings: [] },
  },
  {
    pages: ["blank.png"],
    expected: { kind: "blank", summary: "Blank page", total: null, warnings: ["page 1 is blank"] },
  },
  {
    pages: ["contract-1.png", "contract-2.png", "contract-3.png"],
    expected: {
      kind: "contract",
      summary: "Contract between Larkspur Analytics Ltd and Beacon Travel GmbH, 2024-01-03, " +
        "EUR 28800.00",
      warnings: [],
    },
  },
];

Deno.test("[M6] each sample becomes the record a person would write", {
  permissions: ocrPermissions,
}, async (t) => {
  const [ocr, extract] = [new Ocr(), new Extract()];
  try {
    await ocr.init();
    for (const { pages, expected } of documents) {
      await t.step(pages.join(", "), async () => {
        const paths = pages.map((page) => `samples/${page}`);
        const made = await readDocument(ocr, extract, paths);
        assert.deepEqual({ ...made, ...expected }, made);
        assert.deepEqual(made.pages.map(({ source }) => source), paths);
      });
    }
  } finally {
    await ocr.close();
  }
});
