import assert from "node:assert/strict";
import { blocksIn, isShown } from "./page.ts";

const PAGE = [
  "# A page",
  "```ts ignore hello.ts",
  "const a = 1;",
  "```",
  "Words.",
  "```",
  "plain",
  "```",
  "",
].join("\n");

Deno.test("blocks are found with their words and places", { permissions: "none" }, () => {
  assert.deepEqual(blocksIn(PAGE, "page.md"), [
    { language: "ts", words: ["ignore", "hello.ts"], text: "const a = 1;\n", place: "page.md:2" },
    { language: "", words: [], text: "plain\n", place: "page.md:6" },
  ]);
});

Deno.test("dots stand for anything, and nothing else does", { permissions: "none" }, () => {
  assert.ok(isShown("a … c (d)", "a b\nb c (d)\n"));
  assert.ok(!isShown("a … c", "a b d"));
  assert.ok(!isShown("a.c", "abc"));
  assert.ok(!isShown("a", "a b"));
});
