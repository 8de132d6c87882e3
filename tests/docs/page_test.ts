import assert from "node:assert/strict";
import { blocksIn, compareShown } from "./page.ts";

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

Deno.test("dots stand for anything, names for a word, and nothing else does", () => {
  const found = compareShown("job <id> of … (done)", "job 7d of a\nb (done)\n");
  assert.deepEqual(found, new Map([["id", "7d"]]));
  for (const other of ["job 7d of a", "a job 7d of b (done)", "job 7 d of b done"]) {
    assert.equal(compareShown("job <id> of … (done)", other), undefined, other);
  }
  assert.ok(compareShown("a", " a\n"));
  assert.equal(compareShown("a.c", "abc"), undefined);
});
