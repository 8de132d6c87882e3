import assert from "node:assert/strict";
import { isStorable, toArray } from "./array_literal.ts";

const pure = { permissions: "none" } as const;

Deno.test("a column is written as an array", pure, () => {
  const rows: [Parameters<typeof toArray>[0], string][] = [
    [[], "{}"],
    [[1, -2.5, null, undefined], "{1,-2.5,NULL,NULL}"],
    [["a", "", "NULL"], '{"a","","NULL"}'],
    [['say "hi"', "back\\slash", "{a,b}"], '{"say \\"hi\\"","back\\\\slash","{a,b}"}'],
  ];
  for (const [cells, literal] of rows) assert.equal(toArray(cells), literal);
});

Deno.test("text with NUL or half a character cannot be stored", pure, () => {
  for (const text of ["", "a", "ünïcode 😀", "\n"]) assert(isStorable(text));
  for (const text of ["\0", "a\0", "\ud83d", "\ude00x"]) assert(!isStorable(text));
});
