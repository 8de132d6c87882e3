import assert from "node:assert/strict";
import { type Essence, summarise } from "./summary.ts";

const essence: Essence = {
  kind: "invoice",
  references: [{ of: "order", number: "5" }, { of: "invoice", number: "NP-7" }],
  parties: [
    { name: "Northwind", type: "organisation", role: "sender" },
    { name: "Ms Oakfield", type: "person", role: "recipient" },
  ],
  dates: [
    { date: "2024-04-11", meaning: "due date" },
    { date: "2024-03-12", meaning: "invoice date" },
  ],
  total: 1498.8,
  currency: "EUR",
};

const summaries: [Partial<Essence>, string][] = [
  [{}, "Invoice NP-7 from Northwind to Ms Oakfield, 2024-03-12, EUR 1498.80, due 2024-04-11"],
  [{ currency: null, parties: [], dates: [] }, "Invoice NP-7, 1498.80"],
  [
    { kind: "letter", total: null, dates: [{ date: "2024-05-21" }] },
    "Letter from Northwind to Ms Oakfield, 2024-05-21",
  ],
  [{ kind: "contract", total: null, dates: [], parties: [] }, "Contract"],
  [{ kind: "other", total: null, dates: [], parties: [] }, "Document of no known kind"],
  [{ kind: "blank" }, "Blank page"],
];

for (const [fields, summary] of summaries) {
  Deno.test(`says: ${summary}`, { permissions: "none" }, () => {
    assert.equal(summarise({ ...essence, ...fields }, 1), summary);
  });
}

Deno.test("names the sides of a contract", { permissions: "none" }, () => {
  const parties = ["Larkspur Ltd", "Beacon GmbH"].map((name) => ({
    name,
    type: "organisation" as const,
  }));
  assert.equal(
    summarise({ ...essence, kind: "contract", parties, dates: [], total: null }, 3),
    "Contract between Larkspur Ltd and Beacon GmbH",
  );
});

Deno.test("counts blank pages", { permissions: "none" }, () => {
  assert.equal(summarise({ ...essence, kind: "blank" }, 2), "2 blank pages");
});
