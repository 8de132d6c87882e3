import assert from "node:assert/strict";
import { findAmounts, findTotal } from "./amounts.ts";

const values = {
  "12.50": 12.5,
  "1,498.81": 1498.81,
  "1.498,81": 1498.81,
  "12,345,678.90": 12345678.9,
  "0,99": 0.99,
};

for (const [text, value] of Object.entries(values)) {
  Deno.test(`reads ${text}`, { permissions: "none" }, () => {
    assert.deepEqual(findAmounts(text), [{ label: "", value }]);
  });
}

for (const text of ["12", "1.5", "12.03.2024", "1.234", "3.1415", "5 pm", "10:30"]) {
  Deno.test(`does not take ${text} for an amount`, { permissions: "none" }, () => {
    assert.deepEqual(findAmounts(text), []);
  });
}

const currencies = {
  "EUR 5.00": "EUR",
  "$5.00": "USD",
  "5.00 €": "EUR",
  "£ 5.00": "GBP",
  "CHF5.00": "CHF",
};

for (const [text, currency] of Object.entries(currencies)) {
  Deno.test(`reads the currency of ${text}`, { permissions: "none" }, () => {
    assert.deepEqual(findAmounts(text), [{ label: "", value: 5, currency }]);
  });
}

Deno.test("takes the last amount of a row, and its words", { permissions: "none" }, () => {
  assert.deepEqual(findAmounts("Archive box, acid free 12 21.00 252.00"), [
    { label: "Archive box, acid free", value: 252 },
  ]);
});

Deno.test("takes every amount of a sentence", { permissions: "none" }, () => {
  assert.deepEqual(findAmounts("A fee of EUR 20.00 and a gift of EUR 5.00 are due."), [
    { label: "A fee of", value: 20, currency: "EUR" },
    { label: "and a gift of", value: 5, currency: "EUR" },
  ]);
});

const totals = {
  "the name of the total": ["Subtotal 9.00\nTotal due EUR 10.00", 10],
  "the sum, not the sub total": ["Total 12.00\nSub total 10.00", 12],
  "what is due rather than a plain total": ["Amount due 7.00\nTotal 9.00", 7],
  "the last of several": ["Total 1.00\nTotal 2.00", 2],
  "an amount on the next line": ["The total fee\nunder this agreement is EUR 28,800.00.", 28800],
  "capitals and dirt": ["TOTAL .... $20.45", 20.45],
} as const;

for (const [what, [text, value]] of Object.entries(totals)) {
  Deno.test(`finds ${what}`, { permissions: "none" }, () => {
    assert.equal(findTotal(text)?.value, value);
  });
}

Deno.test("finds no total where none is named", { permissions: "none" }, () => {
  assert.equal(findTotal("Subtotal 9.00\nCash 10.00\nTotally 5.00"), undefined);
  assert.equal(findTotal("The total is not known. Page 2 costs 5.00"), undefined);
});
