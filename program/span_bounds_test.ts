import assert from "node:assert/strict";
import { boundAttributes, boundMoment, boundText, MAX_SPAN_TEXT } from "./span_bounds.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("[N8] a moment that is none is left out", () => {
  const moments = [undefined, NaN, -Infinity, -1e308, -1, 8.64e15 + 1, 1e300, Infinity];
  for (const ms of moments) assert.equal(boundMoment(ms), undefined, String(ms));
  for (const ms of [0, .25, 1.8e12, 8.64e15]) assert.equal(boundMoment(ms), ms);
});

test("[N8] a text is cut at its bound, never within a character", () => {
  assert.equal(boundText("x".repeat(MAX_SPAN_TEXT)).length, MAX_SPAN_TEXT);
  assert.equal(boundText("x".repeat(1e6)), `${"x".repeat(MAX_SPAN_TEXT - 1)}…`);
  assert.equal(boundText("ab😀cd", 4), "ab\ufffd…");
  assert.equal(boundText("ab😀", 4), "ab😀");
});

test("[N8] of what is said of a span every text is cut, and nothing else", () => {
  const long = "x".repeat(MAX_SPAN_TEXT + 1);
  const { text, list, number, flag } = boundAttributes({
    text: long,
    list: Array(200).fill(long) as string[],
    number: 1e300,
    flag: true,
  });
  assert.deepEqual([text, number, flag], [boundText(long), 1e300, true]);
  assert.deepEqual(list, Array(128).fill(boundText(long)));
});
