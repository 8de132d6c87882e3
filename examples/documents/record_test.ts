import assert from "node:assert/strict";
import type { Entities } from "./entities.ts";
import type { ClassifiedPage } from "./page.ts";
import record from "./record.ts";

const nothing: Entities = {
  parties: [],
  dates: [],
  amounts: [],
  references: [],
  emails: [],
  urls: [],
  durations: [],
  percentages: [],
  numbers: [],
};

function createPage(
  fields: Partial<ClassifiedPage> & { found?: Partial<Entities> } = {},
): ClassifiedPage {
  const { found, ...page } = fields;
  return {
    document: "lease",
    page: 1,
    pages: 1,
    source: "samples/lease.png",
    text: "the parties agree",
    confidence: 90,
    blocks: [],
    reader: "a reader",
    entities: { ...nothing, ...found },
    kind: "contract",
    certainty: 0.8,
    scores: { contract: 0.8 },
    evidence: ["parties"],
    ...page,
  };
}

function createBlankPage(page: number): ClassifiedPage {
  return createPage({ page, text: "", confidence: 0, kind: "blank", certainty: 1, evidence: [] });
}

const payloadOf = (fields: object) => ({ payload: { ...fields } });

Deno.test("one page makes one record", { permissions: "none" }, () => {
  const total = { label: "Total rent", value: 900, currency: "EUR" };
  const made = record(payloadOf(createPage({ found: { total, amounts: [total] } })));
  assert.deepEqual(made, {
    document: "lease",
    summary: "Contract, EUR 900.00",
    confidence: 0.8,
    kind: "contract",
    total: 900,
    currency: "EUR",
    references: [],
    dates: [],
    parties: [],
    amounts: [total],
    contacts: [],
    evidence: ["parties"],
    pages: [
      { page: 1, source: "samples/lease.png", kind: "contract", confidence: 0.9, words: 3 },
    ],
    warnings: [],
  });
});

Deno.test("the branches of a document make one record, in page order", {
  permissions: "none",
}, () => {
  const supplier = { name: "Larkspur Ltd", type: "organisation", role: "supplier" } as const;
  const branches = [
    createPage({ page: 2, found: { dates: [{ date: "2024-02-01", meaning: "due date" }] } }),
    createPage({
      page: 1,
      found: { parties: [supplier], dates: [{ date: "2024-02-01" }, { date: "2024-01-03" }] },
    }),
    createPage({ page: 3, found: { parties: [{ name: "Larkspur Ltd", type: "organisation" }] } }),
  ];
  const made = record(payloadOf({ branches }));
  assert.deepEqual(made.pages.map(({ page }) => page), [1, 2, 3]);
  assert.deepEqual(made.parties, [supplier]);
  assert.deepEqual(made.dates, [
    { date: "2024-02-01", meaning: "due date" },
    { date: "2024-01-03" },
  ]);
});

Deno.test("names the pages that did not arrive", { permissions: "none" }, () => {
  const branches = [createPage(), null, createPage({ page: 3 }), null];
  assert.deepEqual(record(payloadOf({ branches })).warnings, [
    "page 2 is missing: it ended on the way",
    "page 4 is missing: it ended on the way",
  ]);
});

Deno.test("a blank page is a record, not an error", { permissions: "none" }, () => {
  const { kind, summary, confidence, total, warnings } = record(payloadOf(createBlankPage(1)));
  assert.deepEqual({ kind, summary, confidence, total, warnings }, {
    kind: "blank",
    summary: "Blank page",
    confidence: 1,
    total: null,
    warnings: ["page 1 is blank"],
  });
});

Deno.test("a blank page has no say in what the document is", { permissions: "none" }, () => {
  const made = record(payloadOf({ branches: [createPage(), createBlankPage(2)] }));
  assert.equal(made.kind, "contract");
  assert.equal(made.confidence, 0.8);
  assert.deepEqual(made.warnings, ["page 2 is blank"]);
});

Deno.test("most of the text decides about the kind", { permissions: "none" }, () => {
  const cover = createPage({ kind: "letter", certainty: 0.9, text: "Dear tenant" });
  const lease = createPage({ page: 2, text: "the parties agree ".repeat(20) });
  assert.equal(record(payloadOf({ branches: [cover, lease] })).kind, "contract");
});

Deno.test("warns of a poor reading, a guess, and a sum that is wrong", {
  permissions: "none",
}, () => {
  const amounts = [{ label: "Gate", value: 100 }, { label: "Hinge", value: 20 }];
  const bill = createPage({
    kind: "invoice",
    certainty: 0.5,
    confidence: 40,
    found: { amounts, total: { label: "Total", value: 420 } },
  });
  assert.deepEqual(record(payloadOf(bill)).warnings, [
    "page 1 was hard to read: 40 of 100",
    "the kind invoice is a guess: 50 of 100",
    "the items add up to 120.00, not to 420.00",
  ]);
});

Deno.test("takes the headline of a receipt for its sender", { permissions: "none" }, () => {
  const receipt = createPage({ kind: "receipt", text: "THE COPPER KETTLE\nCafe" });
  assert.deepEqual(record(payloadOf(receipt)).parties, [
    { name: "THE COPPER KETTLE", type: "organisation", role: "sender" },
  ]);
});

Deno.test("takes the currency that all amounts share", { permissions: "none" }, () => {
  const amount = (currency: string) => ({ label: "", value: 1, currency });
  const currencyOf = (...currencies: string[]) =>
    record(payloadOf(createPage({ found: { amounts: currencies.map(amount) } }))).currency;
  assert.equal(currencyOf("EUR", "EUR"), "EUR");
  assert.equal(currencyOf("EUR", "USD"), null);
});

const refused = {
  "no page": {},
  "a page that was not classified": { ...createPage(), kind: undefined },
  "branches that are no list": { branches: "1, 2" },
  "a branch that is no page": { branches: [{}] },
  "no page among the branches": { branches: [null, null] },
};

for (const [what, payload] of Object.entries(refused)) {
  Deno.test(`refuses ${what}`, { permissions: "none" }, () => {
    assert.throws(() => record({ payload }), { name: "ValidationError", message: /allowed: / });
  });
}
