import type { Json } from "@asya/protocol";
import assert from "node:assert/strict";
import { editableJson, MAX_EDITABLE_CHARS } from "./editable_json.ts";

const none = { permissions: "none" } as const;

Deno.test("a value is the same when it was edited, and all of it can be seen", none, () => {
  const values: Json[] = [
    null,
    ["", {}, [], 1.5, false],
    { "\u202ename\u0000": "\u2066a\tb\nc\u2028\u{e0041}\ud800 👩\u200d🚀" },
  ];
  for (const value of values) {
    const text = editableJson(value) ?? "";
    assert.deepEqual(JSON.parse(text), value);
    assert.doesNotMatch(text, /(?![\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
  assert.match(editableJson("\u202e") ?? "", /^"\\u202e"$/);
});

Deno.test("what nobody edits is left out, whatever makes it long", none, () => {
  const nested = (levels: number): Json => levels === 0 ? [] : [nested(levels - 1)];
  const long: Json[] = [
    "x".repeat(MAX_EDITABLE_CHARS),
    Array(MAX_EDITABLE_CHARS).fill(1),
    Array(20_000).fill(1), // with spaces and ends of lines
    Object.fromEntries(Array.from({ length: MAX_EDITABLE_CHARS }, (_, at) => [`${at}`, 0])),
    Array(40).fill("x".repeat(2_000)),
    "\u0001".repeat(20_000),
    nested(500),
  ];
  for (const value of long) assert.equal(editableJson(value), undefined);
  assert.notEqual(editableJson("x".repeat(MAX_EDITABLE_CHARS - 2)), undefined);
});
