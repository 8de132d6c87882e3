import assert from "node:assert/strict";
import { Extract } from "./extract.ts";
import type { Entities } from "./entities.ts";

const extract = new Extract();

function entitiesOf(text: string): Entities {
  const page = { document: "d", page: 1, pages: 1, source: "s", text, confidence: 90, blocks: [] };
  return extract.handle({ payload: page }).entities;
}

Deno.test("finds who, when and how much in an invoice", { permissions: "none" }, () => {
  const found = entitiesOf(`Northwind Paper Ltd INVOICE
accounts@northwind-paper.example
Bill to Invoice No. NP-2024-0117
Foxglove Studio GmbH Invoice date 12 March 2024
Ms Clara Oakfield
Delivery 1 35.00
VAT 19% 239.31
Total due EUR 1,498.81
Payment within 30 days. See https://northwind-paper.example`);
  assert.deepEqual(found.parties.map(({ name, role }) => [name, role]), [
    ["Northwind Paper Ltd", "sender"],
    ["Foxglove Studio GmbH", "recipient"],
    ["Ms Clara Oakfield", undefined],
  ]);
  assert.deepEqual(found.dates, [{ date: "2024-03-12", meaning: "invoice date" }]);
  assert.deepEqual(found.total, { label: "Total due", value: 1498.81, currency: "EUR" });
  assert.deepEqual(found.amounts.map(({ label }) => label), ["Delivery", "VAT 19%", "Total due"]);
  assert.deepEqual(found.references, [{ of: "invoice", number: "NP-2024-0117" }]);
  assert.deepEqual(found.emails, ["accounts@northwind-paper.example"]);
  assert.deepEqual(found.urls, ["https://northwind-paper.example"]);
  assert.deepEqual(found.durations, ["30 days"]);
  assert.deepEqual(found.percentages, ["19%"]);
});

Deno.test("finds nothing on a blank page", { permissions: "none" }, () => {
  assert.deepEqual(entitiesOf(""), {
    parties: [],
    dates: [],
    amounts: [],
    references: [],
    emails: [],
    urls: [],
    durations: [],
    percentages: [],
    numbers: [],
  });
});

Deno.test("keeps what the page had", { permissions: "none" }, () => {
  const payload = { document: "d", page: 2, pages: 3, text: "", confidence: 0, mine: "kept" };
  assert.deepEqual({ ...payload, ...extract.handle({ payload }) }, extract.handle({ payload }));
});

for (const payload of [{}, { text: 5 }, { ...{ document: "d", page: 0, pages: 1, text: "" } }]) {
  Deno.test(`refuses ${JSON.stringify(payload)}`, { permissions: "none" }, () => {
    assert.throws(() => extract.handle({ payload }), {
      name: "ValidationError",
      message: /^got a payload with .+, allowed: a page/,
    });
  });
}
