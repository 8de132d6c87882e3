import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./parse_duration.ts";

const permissions = "none";

const read: [string, number | undefined][] = [
  ["300", 300_000],
  ["0", 0],
  ["0.25", 250],
  [" 5m ", 300_000],
  ["1h30m", 5_400_000],
  ["250ms", 250],
  ["1.5s", 1_500],
  ["7d", 604_800_000],
  ["", undefined],
  ["-1", undefined],
  ["5M", undefined],
  ["5 m", undefined],
  ["m", undefined],
  ["1h30", undefined],
  ["1e3", undefined],
  ["Infinity", undefined],
  ["9".repeat(400), undefined],
  ["99999999999999d", undefined],
];

for (const [text, expectedMs] of read) {
  Deno.test(`duration ${JSON.stringify(text)} is ${expectedMs} ms`, { permissions }, () => {
    assert.equal(parseDuration(text), expectedMs);
  });
}

Deno.test("a formatted duration reads back as the same", { permissions }, () => {
  fc.assert(fc.property(fc.nat({ max: 10 ** 12 }), (durationMs) => {
    assert.equal(parseDuration(formatDuration(durationMs)), durationMs);
  }));
});
