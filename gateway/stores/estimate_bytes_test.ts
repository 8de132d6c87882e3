import type { Json } from "@asya/protocol";
import assert from "node:assert/strict";
import { estimateBytes } from "./estimate_bytes.ts";

/** What V8 takes for each item of a list of 200 000, measured once, in bytes. */
const table: readonly [what: string, item: (index: number) => Json, bytes: number][] = [
  ["texts", (index) => `item number ${index}`, 48],
  ["empty objects", () => ({}), 67],
  ["empty lists", () => [], 43],
  ["whole numbers", (index) => index, 8],
  ["numbers", (index) => index + 0.5, 8],
  ["numbers among others", (index) => index % 2 ? index + 0.5 : null, 16],
  ["small objects", () => ({ a: 1 }), 40],
  ["records", (id) => ({ id, name: `name ${id}`, score: id / 7, tags: ["a", "b"] }), 176],
];

for (const [what, item, bytes] of table) {
  Deno.test(`estimate bytes: ${what}`, { permissions: "none" }, () => {
    const estimated = estimateBytes(Array.from({ length: 10_000 }, (_, index) => item(index)));
    const ratio = estimated / (10_000 * bytes);
    assert(ratio > 0.5 && ratio < 2, `the estimate is ${ratio} times what is taken`);
  });
}

Deno.test("estimate bytes: a long text, a table, and nothing", { permissions: "none" }, () => {
  assert.equal(estimateBytes("x".repeat(1_000)), 1_016);
  const table = Object.fromEntries(Array.from({ length: 10_000 }, (_, id) => [`key${id}`, id]));
  const ratio = estimateBytes(table) / (10_000 * 91);
  assert(ratio > 0.5 && ratio < 2, `the estimate is ${ratio} times what is taken`);
  assert.equal(estimateBytes(undefined), 0);
});
