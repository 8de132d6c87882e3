import assert from "node:assert/strict";
import { seededRandom } from "../../tests/kit/random.ts";
import { arriveAtRate, burst, diurnal, ramp } from "./arrivals.ts";

const none = { permissions: "none" } as const;

function countBetween(times: readonly number[], fromS: number, toS: number): number {
  return times.filter((atS) => atS >= fromS && atS < toS).length;
}

Deno.test("arrivals: a burst comes at once", none, () => {
  assert.deepEqual(burst(3), [0, 0, 0]);
});

Deno.test("arrivals: a steady rate has about as many as it says, in order", none, () => {
  const times = arriveAtRate(() => 10, 10, 1_000, seededRandom(1));
  // Five standard deviations of a Poisson count.
  assert.ok(Math.abs(times.length - 10_000) < 500, `${times.length} came`);
  assert.deepEqual(times, times.toSorted((one, other) => one - other));
});

Deno.test("arrivals: the second half of a ramp has three times as many", none, () => {
  const times = ramp(0, 20, 1_000, seededRandom(2));
  const [early, late] = [countBetween(times, 0, 500), countBetween(times, 500, 1_000)];
  assert.ok(Math.abs(late / early - 3) < 0.3, `${early}, then ${late}`);
});

Deno.test("arrivals: a day has its peak at noon and nobody at midnight", none, () => {
  const times = diurnal(1, 1, seededRandom(3));
  const noon = countBetween(times, 41_400, 45_000);
  const midnight = countBetween(times, 0, 1_800) + countBetween(times, 84_600, 86_400);
  assert.ok(noon > 3_300 && midnight < 50, `${noon} at noon, ${midnight} at midnight`);
});

Deno.test("arrivals: one seed, one day", none, () => {
  assert.deepEqual(diurnal(0.1, 1, seededRandom(7)), diurnal(0.1, 1, seededRandom(7)));
});
