import assert from "node:assert/strict";
import { findUnclearJoins } from "./unclear_joins.ts";

/** Routes in one line: `b` is a step, `J` a join, `J0` one that closes the fan-out of step 0. */
const cases: readonly [route: string, unclear: string][] = [
  ["b b b", ""],
  ["b b J b", ""],
  // one inside the other
  ["b b b J J", ""],
  // one behind the other: the first has but one step that it can close
  ["b J b J", ""],
  ["b J b J b J", ""],
  // either
  ["b b J b J", "2 by 4"],
  ["b b b J b b J", "3 by 6"],
  ["b b b J b J b J", "3 by 5, 5 by 7"],
  // the last says nothing about the first, which does
  ["b b J1 b J", ""],
  ["b b J0 b J", ""],
  // the last closes what the first cannot be inside of
  ["b b J b J3", ""],
  ["b b J b J0", "2 by 4"],
  // the one between them uses up what the last could close
  ["b b J J b J", ""],
  ["b b b J J b J", "3 by 6, 4 by 6"],
  ["b b b J b J J", "3 by 5"],
];

for (const [route, unclear] of cases) {
  Deno.test(`[J2] unclear joins of ${route}: ${unclear || "none"}`, { permissions: "none" }, () => {
    const steps = route.split(" ");
    const openings = new Map(steps.flatMap((step, index) => {
      const opening = step.slice(1);
      return step.startsWith("J") ? [[index, opening === "" ? undefined : Number(opening)]] : [];
    }));
    const found = findUnclearJoins(steps.length, openings)
      .map(({ index, other }) => `${index} by ${other}`).join(", ");
    assert.equal(found, unclear);
  });
}
