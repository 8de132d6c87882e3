import assert from "node:assert/strict";
import { findReferences } from "./references.ts";

const references = {
  "Invoice No. NP-2024-0117": [{ of: "invoice", number: "NP-2024-0117" }],
  "RECEIPT NUMBER: 004512": [{ of: "receipt", number: "004512" }],
  "Contract no #77/24": [{ of: "contract", number: "77/24" }],
  "Your order FX-5521": [{ of: "order", number: "FX-5521" }],
  "Please quote the invoice number.\nThank you": [],
  "Thank you for your order. 30 days": [],
};

for (const [text, found] of Object.entries(references)) {
  Deno.test(`finds the numbers of: ${text}`, { permissions: "none" }, () => {
    assert.deepEqual(findReferences(text), found);
  });
}
