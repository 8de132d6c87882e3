import assert from "node:assert/strict";
import fc from "fast-check";
import { backoffMs } from "./backoff.ts";

const permissions = "none";
const range = { baseMs: 100, maxMs: 5_000 };
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

Deno.test("a back-off stays in the upper half of its doubling limit", { permissions }, () => {
  fc.assert(fc.property(fc.nat({ max: 10_000 }), random, (attempt, random) => {
    const limitMs = Math.min(5_000, 100 * 2 ** attempt);
    const waitMs = backoffMs(attempt, random, range);
    assert(waitMs >= limitMs / 2 && waitMs <= limitMs, `${waitMs} of ${limitMs}`);
  }));
});

Deno.test("a back-off without a range starts at a tenth of a second", { permissions }, () => {
  assert.equal(backoffMs(0, 0), 50);
  assert.equal(backoffMs(1_000, 0), 15_000);
});

Deno.test("an attempt below zero counts as the first", { permissions }, () => {
  assert.equal(backoffMs(-5, 0, range), 50);
});
