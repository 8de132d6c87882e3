import assert from "node:assert/strict";
import { warningsAboutSums } from "./sums.ts";

const items = [{ label: "Paper", value: 500 }, { label: "Box", value: 252.1 }];
const subtotal = { label: "Subtotal", value: 752.1 };

Deno.test("has nothing to say about a bill that adds up", { permissions: "none" }, () => {
  const tax = { label: "VAT 10%", value: 75.21 };
  assert.deepEqual(warningsAboutSums([...items, subtotal, tax], 827.31), []);
  assert.deepEqual(warningsAboutSums([...items, tax], 827.31), []);
});

Deno.test("leaves out a tax that is included, and how it was paid", { permissions: "none" }, () => {
  const rest = [
    { label: "Sales tax included", value: 60 },
    { label: "Cash", value: 800 },
    { label: "Change", value: 47.9 },
  ];
  assert.deepEqual(warningsAboutSums([...items, subtotal, ...rest], 752.1), []);
});

Deno.test("notices an item that was misread", { permissions: "none" }, () => {
  const misread = [{ label: "Paper", value: 600 }, items[1]!, subtotal];
  assert.deepEqual(warningsAboutSums(misread, 752.1), [
    "the items add up to 852.10, not to 752.10",
  ]);
});

Deno.test("notices a total that was misread", { permissions: "none" }, () => {
  assert.deepEqual(warningsAboutSums([...items, subtotal], 152.1), [
    "subtotal and tax add up to 752.10, not to 152.10",
  ]);
});

Deno.test("does not check what has no items", { permissions: "none" }, () => {
  assert.deepEqual(warningsAboutSums([{ label: "Fee", value: 5 }], 9), []);
});
