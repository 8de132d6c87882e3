import assert from "node:assert/strict";
import { countColumns } from "./count_columns.ts";
import { progressLine } from "./progress_line.ts";

const pure = { permissions: "none" } as const;

Deno.test(
  "[M1] a progress line is never wider than the terminal, and says the percentage in all",
  pure,
  () => {
    for (const percent of [0, 9.4, 50, 100]) {
      const progress = { percent, message: "reading a page of 漢字 and words", step: "ocr" };
      for (let columns = 4; columns <= 100; columns++) {
        const line = progressLine(progress, { columns, colour: false }).trimEnd();
        assert(countColumns(line) <= columns, `${columns} columns: ${JSON.stringify(line)}`);
        assert.match(line, new RegExp(`(^| )${Math.floor(percent)}%`), `${columns} columns`);
      }
    }
  },
);

Deno.test("the bar makes room for words, and is left out where it would say little", pure, () => {
  const progress = { percent: 100, message: "done", step: "a" };
  const columnsOf = (columns: number) =>
    progressLine(progress, { columns, colour: false }).split("█").length - 1;
  assert.deepEqual([80, 49, 40, 33, 32, 10].map(columnsOf), [24, 24, 15, 8, 0, 0]);
});
