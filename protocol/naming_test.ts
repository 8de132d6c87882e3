import assert from "node:assert/strict";
import { posix } from "node:path";
import * as fc from "fast-check";
import { isQueueName, objectKey } from "./naming.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const pieces = fc.array(
  fc.constantFrom("..", ".", "/", "\\", "a", "\0", "\n", "😀", "\ud800", "%2e", ":", "~"),
  { maxLength: 12 },
).map((list) => list.join(""));
const names = fc.oneof(pieces, fc.string({ unit: "binary" }), fc.string({ minLength: 300 }));

test("[D10] no job id, step or branch leaves its place in a key", () => {
  const at = new Date("2026-03-04T05:06:07Z");
  fc.assert(
    fc.property(names, names, fc.option(names), fc.nat(1), (jobId, step, branch, current) => {
      const route = { steps: [step], current, metadata: {} };
      const key = objectKey({ prefix: "p/", at, route, jobId, branch: branch ?? undefined });
      assert.equal(posix.normalize(`/${key}`), `/${key}`);
      const parts = key.split("/");
      assert.deepEqual(parts.slice(0, 3), ["p", "2026-03-04", "05"]);
      assert.equal(parts.length, 5);
      assert.ok(key.endsWith(".json"));
      // No control character; no half character, which a file system would replace.
      assert.doesNotMatch(key, /[\p{Cc}\\]/u);
      assert.equal(key.isWellFormed(), true);
      for (const part of parts) assert.ok(new TextEncoder().encode(part).length <= 205);
    }),
    { numRuns: 500 },
  );
});

test("[D10] names that cannot stand in a key have keys of their own too", () => {
  const keyOf = (jobId: string, step: string) =>
    objectKey({
      prefix: "",
      at: new Date(0),
      route: { steps: [step], current: 1, metadata: {} },
      jobId,
    });
  const odd = ["a/b", "a\\b", "a_b", "a..b", "a\0b", "a\nb", "_", ".", "..", "/", "unknown", ""];
  assert.equal(new Set(odd.map((name) => keyOf(name, "ocr"))).size, odd.length - 1);
  assert.equal(keyOf("", "ocr"), keyOf("unknown", "ocr"));
  assert.equal(new Set(odd.map((name) => keyOf("j1", name || "ocr"))).size, odd.length);
});

test("[D10] names that are too long for a file still have keys of their own", () => {
  const keyOf = (jobId: string, branch?: string) =>
    objectKey({
      prefix: "",
      at: new Date(0),
      route: { steps: ["a"], current: 1, metadata: {} },
      jobId,
      branch,
    });
  const long = "é".repeat(300);
  assert.notEqual(keyOf(`${long}1`), keyOf(`${long}2`));
  const deep = "/0:2:0123abcd".repeat(40);
  assert.notEqual(keyOf("j1", `${deep}/0:2:ff`), keyOf("j1", `${deep}/1:2:ff`));
  assert.notEqual(keyOf("j1", "/0:2:ff"), keyOf("j1"));
});

test("queue names: what a broker takes, and what is safe in a key", () => {
  for (const name of ["ocr", "ocr-large", "team/ocr", "é", "x".repeat(255), ".hidden"]) {
    assert.equal(isQueueName(name), true, name);
  }
  for (
    const name of [
      "",
      "amq.x",
      "/a",
      "a/",
      "a/../b",
      "..",
      "a\nb",
      "a\ud800",
      "x".repeat(256),
      "é".repeat(128),
    ]
  ) {
    assert.equal(isQueueName(name), false, name);
  }
});
