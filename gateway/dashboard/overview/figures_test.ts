import assert from "node:assert/strict";
import { figuresOf, figuresOfActor, showCount, showRange, showRate } from "./figures.ts";
import { drawGround, drawLine } from "./sparkline.tsx";

const pure = { permissions: "none" } as const;

/** Twelve slots of 5 seconds: one minute. */
const slots = (...counts: number[]) => [...Array(12 - counts.length).fill(0), ...counts];

Deno.test("figures of a mesh are rates of whole slots", pure, () => {
  const figures = figuresOf({
    at: "2026-01-31T12:00:00Z",
    slot_seconds: 5,
    jobs: { Pending: 2, Running: 3, Succeeded: 100, Failed: 9 },
    rates: {
      started: slots(30, 0, 0),
      // The last slot has only begun.
      succeeded: slots(10, 5, 5, 10, 10, 10, 1),
      failed: slots(0, 5, 5, 0, 0, 0, 0),
    },
    actors: [],
    dead_letters: 0,
  });
  // 60 jobs in the 30 seconds before the last slot.
  assert.equal(figures.endedPerSecond, 2);
  assert.equal(figures.startedPerSecond, 1);
  assert.deepEqual(figures.ended.slice(-3), [2, 2, 0.2]);
  assert.equal(figures.inFlight, 5);
  assert.equal(figures.failed, 10);
  assert.equal(figures.failedShare, 10 / 61);
  assert.equal(figures.minutes, 1);
});

Deno.test("figures of an actor", pure, () => {
  const figures = figuresOfActor({
    name: "ocr",
    completed: slots(1, 2, 3, 0),
    failed: slots(0, 0, 3, 0),
    busy_seconds: slots(5, 10, 15, 2),
    depth: [null, 4, 0],
    queue: null,
  }, 5);
  assert.equal(figures.perSecond, 9 / 30);
  assert.equal(figures.atWork, 1);
  assert.equal(figures.failed, 3);
  assert.deepEqual(figures.depths, [null, 4, 0]);
});

Deno.test("a mesh of which nothing is known yet has figures too", pure, () => {
  const none = { started: [], succeeded: [], failed: [] };
  const jobs = { Pending: 0, Running: 0, Succeeded: 0, Failed: 0 };
  const figures = figuresOf({
    ...{ at: "", slot_seconds: 5, jobs, rates: none, actors: [], dead_letters: null },
  });
  assert.deepEqual(
    [figures.endedPerSecond, figures.failedShare, figures.failed, figures.inFlight],
    [0, 0, 0, 0],
  );
});

Deno.test("rates and counts are told in few characters", pure, () => {
  const rows = [[0, "0"], [0.001, "<0.01"], [0.042, "0.04"], [3.21, "3.2"], [128.4, "128"], [
    12345,
    "12\u202f345",
  ]] as const;
  for (const [value, text] of rows) assert.equal(showRate(value), text);
  assert.equal(showCount(1_234_567), "1\u202f234\u202f567");
});

Deno.test("a line goes from the left to the right, and 0 is at the bottom", pure, () => {
  assert.equal(drawLine([0, 1, 2], 2), "M0 26.5L60 14L120 1.5");
  assert.equal(drawLine([0, 0, 0, 0, 2], 2), "M0 26.5L90 26.5L120 1.5");
  assert.equal(drawLine([], 1), "");
  assert.equal(drawLine([5], 5), "M0 1.5");
});

Deno.test("a line has gaps where nothing is known, and one slot alone is seen", pure, () => {
  assert.equal(drawLine([0, 2, null, 2, 0], 2), "M0 26.5L30 1.5M90 1.5L120 26.5");
  assert.equal(drawLine([null, null, 2, null, 0], 2), "M45 1.5H75M105 26.5H120");
  assert.equal(drawLine([null, null], 1), "");
  assert.equal(drawGround([0, 2, null, 2, 2], 2), "M0 26.5L30 1.5V28H0ZM90 1.5L120 1.5V28H90Z");
  assert.equal(drawGround([], 1), "");
});

Deno.test("what a line tells is told in words", pure, () => {
  const rows = [
    [[0, 12, 3], "0 to 12, 3 at the end"],
    [[0, 0], "none"],
    [[], "none"],
    [[null, null], "not known"],
    [[null, 0, 0, 0], "none, not known for 25 % of the time"],
    [[1_200, 4, null], "4 to 1\u202f200, not known for 33 % of the time"],
    [[null, ...Array(999).fill(1)], "1 to 1, 1 at the end, not known for 1 % of the time"],
  ] as const;
  for (const [values, text] of rows) assert.equal(showRange(values, showCount), text);
});
