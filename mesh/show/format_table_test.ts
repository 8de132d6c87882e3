import assert from "node:assert/strict";
import { countColumns } from "./count_columns.ts";
import { type Column, formatTable } from "./format_table.ts";

const pure = { permissions: "none" } as const;
const columns: readonly Column[] = [
  { title: "ID" },
  { title: "STATUS", colourOf: (cell) => cell === "Failed" ? 31 : undefined },
  { title: "N", isRight: true },
  { title: "ERROR", isElastic: true },
];
const rows = [
  ["7d1f6a52", "Failed", "7", "timeout_error: it took\nfar too long, and longer than that"],
  ["0b", "Running", "1000", "é\x1b[31m日本語が読めない、と言われた"],
];

Deno.test("a table fits its terminal, down to where nothing can give way", pure, () => {
  for (let width = 10; width <= 120; width++) {
    const lines = formatTable(columns, rows, { columns: width, colour: false });
    assert.equal(lines.length, 3);
    for (const line of lines) {
      assert(countColumns(line) <= Math.max(width, 35), `${width}: ${line}`);
      assert(!/\p{Cc}/u.test(line), "what a stranger wrote moves no cursor");
    }
    const ends = lines.map((line) => line.search(/ (N|7|1000)( |$)/) + 1);
    assert(ends.every((end) => end > 0));
  }
});

Deno.test("colours change no width, and are there only where wanted", pure, () => {
  const style = { columns: 60, colour: true };
  const coloured = formatTable(columns, rows, style);
  assert(coloured.some((line) => line.includes("\x1b[31mFailed \x1b[0m")));
  assert.deepEqual(
    coloured.map((line) => line.replaceAll(/\p{Cc}\[\d+m/gu, "").trimEnd()),
    formatTable(columns, rows, { ...style, colour: false }),
  );
});
