import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBytes, parseBytes } from "./parse_bytes.ts";

const permissions = "none";

const read: [string, number | undefined][] = [
  ["65536", 65_536],
  ["0", 0],
  ["16MiB", 16 * 1024 ** 2],
  ["4 MB", 4_000_000],
  ["512Mi", 512 * 1024 ** 2],
  ["1.5k", 1_500],
  ["2gib", 2 * 1024 ** 3],
  ["10b", 10],
  ["", undefined],
  ["MiB", undefined],
  ["-1", undefined],
  ["1 XB", undefined],
  ["99999999999TB", undefined],
];

for (const [text, expected] of read) {
  Deno.test(`size ${JSON.stringify(text)} is ${expected} bytes`, { permissions }, () => {
    assert.equal(parseBytes(text), expected);
  });
}

Deno.test("a formatted size reads back as the same", { permissions }, () => {
  fc.assert(fc.property(fc.nat(), fc.constantFrom(1, 1024, 1024 ** 2), (count, unit) => {
    assert.equal(parseBytes(formatBytes(count * unit)), count * unit);
  }));
});
