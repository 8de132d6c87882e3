import assert from "node:assert/strict";
import type { MergeType } from "../apply/merge_type.ts";
import { explainBadJson } from "../bodies/go_json.ts";
import { StatusError } from "../status_error.ts";
import { jsonPatch, mergePatch } from "./patches.ts";
import { strategicMerge } from "./strategic_merge.ts";

Deno.test({
  name: "patches do what their documents say",
  permissions: "none",
  fn: () => {
    const target = { a: { b: 1, c: [1, 2] }, d: "x" };
    const merged = mergePatch(target, { a: { b: null, c: [3] }, e: { f: null, g: 1 } });
    assert.deepEqual(merged, { a: { c: [3] }, d: "x", e: { g: 1 } });

    const operations: readonly (readonly [unknown, unknown])[] = [
      [{ op: "add", path: "/a/c/-", value: 3 }, { a: { b: 1, c: [1, 2, 3] }, d: "x" }],
      [{ op: "add", path: "/a/c/0", value: 0 }, { a: { b: 1, c: [0, 1, 2] }, d: "x" }],
      [{ op: "replace", path: "/a/c/1", value: 9 }, { a: { b: 1, c: [1, 9] }, d: "x" }],
      [{ op: "remove", path: "/a/c/0" }, { a: { b: 1, c: [2] }, d: "x" }],
      [{ op: "move", from: "/d", path: "/a/d" }, { a: { b: 1, c: [1, 2], d: "x" } }],
      [{ op: "copy", from: "/d", path: "/e~1f" }, { ...target, "e/f": "x" }],
      [{ op: "test", path: "/a/c", value: [1, 2] }, target],
    ];
    for (const [operation, outcome] of operations) {
      assert.deepEqual(jsonPatch(target, [operation]), outcome, JSON.stringify(operation));
    }
    for (
      const operation of [
        { op: "test", path: "/d", value: "y" },
        { op: "remove", path: "/zzz" },
        { op: "add", path: "/zzz/y", value: 1 },
        { op: "bend", path: "/d" },
      ]
    ) {
      assert.throws(
        () => jsonPatch(target, [operation]),
        (error) => error instanceof StatusError && error.code === 422,
        JSON.stringify(operation),
      );
    }
  },
});

Deno.test({
  name: "strategic merge patches tell items of lists apart",
  permissions: "none",
  fn: () => {
    const item: MergeType = {
      merges: "struct",
      fields: { name: { merges: "scalar" }, args: { merges: "atomic" } },
    };
    const type: MergeType = {
      merges: "struct",
      fields: {
        list: { merges: "keyed", keys: ["name"], of: item },
        names: { merges: "set" },
        whole: { merges: "atomic" },
      },
    };
    const target = {
      list: [{ name: "a", args: [1] }, { name: "b" }],
      names: ["x", "y"],
      whole: [1],
    };
    const cases: readonly (readonly [unknown, unknown])[] = [
      [
        { list: [{ name: "a", args: [2] }, { name: "c" }], whole: [2] },
        { ...target, list: [{ name: "a", args: [2] }, { name: "b" }, { name: "c" }], whole: [2] },
      ],
      [{ list: [{ name: "a", $patch: "delete" }] }, { ...target, list: [{ name: "b" }] }],
      [
        { list: [{ name: "z" }, { $patch: "replace" }] },
        { ...target, list: [{ name: "z" }] },
      ],
      [
        { "$setElementOrder/list": [{ name: "b" }, { name: "a" }], list: [{ name: "b" }] },
        { ...target, list: [{ name: "b" }, { name: "a", args: [1] }] },
      ],
      [{ "$deleteFromPrimitiveList/names": ["x"] }, { ...target, names: ["y"] }],
      [{ names: ["z"] }, { ...target, names: ["x", "y", "z"] }],
      [{ $retainKeys: ["whole"] }, { whole: [1] }],
    ];
    for (const [patch, outcome] of cases) {
      assert.deepEqual(strategicMerge(type, target, patch), outcome, JSON.stringify(patch));
    }
  },
});

Deno.test({
  name: "what is no JSON is explained as Go does",
  permissions: "none",
  fn: () => {
    const cases: readonly (readonly [string, string | undefined])[] = [
      [`{"a":[1,2.5e3,true,null,"\\n"]}`, undefined],
      ["{nope", "invalid character 'n' looking for beginning of object key string"],
      ['{"a" 1}', "invalid character '1' after object key"],
      ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
      ["[1 2]", "invalid character '2' after array element"],
      ["[1,]", "invalid character ']' looking for beginning of value"],
      ["trie", "invalid character 'i' in literal true (expecting 'u')"],
      ["{} {}", "invalid character '{' after top-level value"],
      ['{"a":', "unexpected end of JSON input"],
      ["-x", "invalid character 'x' in numeric literal"],
    ];
    for (const [text, why] of cases) assert.equal(explainBadJson(text), why, text);
  },
});
