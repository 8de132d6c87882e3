import assert from "node:assert/strict";
import { DepthLog } from "./depth_log.ts";

const pure = { permissions: "none" } as const;
const of = (depth: number) => new Map([["ocr", depth]]);

/** What is said to be written, slot by slot, and written at once. */
function run(log: DepthLog, depths: readonly (number | undefined)[]): number[][] {
  return depths.map((depth, slot) => {
    if (depth === undefined) return [];
    const slots = [...log.take(slot, of(depth))];
    for (const written of slots) log.wrote(written);
    return slots;
  });
}

Deno.test(
  "[L4] depths are written where they change, and so is until when they were so",
  pure,
  () => {
    const rows = [
      ["nothing waits, so nothing is written", [0, 0, 0], [[], [], []]],
      ["what waits from the start is written once", [4, 4, 4], [[0], [], []]],
      ["a change ends what was before", [0, 0, 4, 4, 4, 5], [[], [], [1, 2], [], [], [4, 5]]],
      ["changes in each slot", [1, 2, 3], [[0], [1], [2]]],
      ["slots that nobody saw", [0, 0, undefined, 0], [[], [], [], [1, 3]]],
    ] as const;
    for (const [what, depths, written] of rows) {
      assert.deepEqual(run(new DepthLog(), depths), written, what);
    }
  },
);

Deno.test("[L4] a sample says for how long it was so", pure, () => {
  const log = new DepthLog();
  run(log, [0, 0, 7, 7, undefined, 7]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((slot) => log.at(slot)?.slots), [
    1,
    2,
    1,
    2,
    undefined,
    1,
  ]);
  assert.deepEqual(log.at(3)?.depths, of(7));
  log.forget(3);
  assert.deepEqual([2, 3].map((slot) => log.at(slot)?.slots), [undefined, 1]);
});

Deno.test("[L4] at the end there is one slot to write, unless it is written", pure, () => {
  const log = new DepthLog();
  assert.equal(log.unwritten, undefined);
  run(log, [0, 0, 0]);
  assert.equal(log.unwritten, 2);
  log.wrote(2);
  assert.equal(log.unwritten, undefined);
  log.wrote(9);
  log.take(3, of(0));
  assert.equal(log.unwritten, 3);
});

Deno.test("[L4] a queue that comes or goes is a change, and a slot is seen once", pure, () => {
  const log = new DepthLog();
  log.take(0, new Map());
  assert.deepEqual(log.take(1, of(0)), [0, 1]);
  assert.deepEqual(log.take(1, of(9)), []);
  assert.deepEqual(log.at(1)?.depths, of(0));
  assert.deepEqual(log.take(2, new Map([["other", 0]])), [1, 2]);
});

Deno.test("[L4] a clock that is set back begins anew", pure, () => {
  const log = new DepthLog();
  log.take(100, of(3));
  assert.deepEqual(log.take(50, of(3)), [50]);
  assert.equal(log.at(100), undefined);
});
