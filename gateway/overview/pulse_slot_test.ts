import assert from "node:assert/strict";
import { addCounts, encodeCounts, NO_COUNTS, parseCounts, slotAt } from "./pulse_slot.ts";

const pure = { permissions: "none" } as const;

Deno.test("[L4] what is written of a slot is read again, and added up", pure, () => {
  const one = {
    started: 3,
    succeeded: 2,
    failed: 1,
    actors: new Map([["ocr", { completed: 4, failed: 1, busyMs: 1_234 }]]),
    sample: { depths: new Map([["ocr", 7], ["__proto__", 0]]), slots: 3 },
  };
  const read = parseCounts(encodeCounts(one));
  assert.deepEqual(read, one);
  const twice = addCounts(one, read);
  assert.deepEqual([twice.started, twice.actors.get("ocr")?.busyMs], [6, 2_468]);
  assert.deepEqual(addCounts(NO_COUNTS, one), one);
  const seen = { depths: new Map([["ocr", 5], ["judge", 1]]), slots: 1 };
  assert.deepEqual(
    addCounts(one, { ...NO_COUNTS, sample: seen }).sample?.depths,
    new Map([["ocr", 7], ["__proto__", 0], ["judge", 1]]),
  );
});

Deno.test("[L4] what another version may have written of a slot is nothing", pure, () => {
  for (const text of ["", "[]", "{}", '{"jobs":"x","actors":7}', "7"]) {
    assert.deepEqual(parseCounts(text), NO_COUNTS, text);
  }
  assert.deepEqual(
    parseCounts('{"jobs":[1],"actors":[["a"],5]}').actors.get("a"),
    { completed: 0, failed: 0, busyMs: 0 },
  );
  assert.equal(parseCounts('{"jobs":[1,0,0],"actors":[]}').sample, undefined);
  assert.deepEqual(
    parseCounts('{"depths":[["a",-1],["b",2],[3,4],["c"],5],"slots":1e9}').sample,
    { depths: new Map([["b", 2]]), slots: 60 },
  );
});

Deno.test("a slot is five seconds", pure, () => {
  assert.deepEqual([0, 4_999, 5_000, 9_999].map(slotAt), [0, 0, 1, 1]);
});
