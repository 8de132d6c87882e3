import assert from "node:assert/strict";
import { countRuns, insertSteps, repeatSteps, replaceRest } from "./change_route.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

const at = (current: number, ...steps: string[]) => ({ route: { steps, current, metadata: {} } });

core("steps are inserted right behind the current one", () => {
  assert.deepEqual(insertSteps(at(0, "a", "b"), "x", "y"), ["a", "x", "y", "b"]);
  assert.deepEqual(insertSteps(at(1, "a", "b"), "x"), ["a", "b", "x"]);
  assert.deepEqual(insertSteps(at(0, "a", "b")), ["a", "b"]);
});

core("the rest is replaced, or dropped", () => {
  assert.deepEqual(replaceRest(at(0, "a", "b", "c"), "x"), ["a", "x"]);
  assert.deepEqual(replaceRest(at(1, "a", "b", "c")), ["a", "b"]);
});

core("a round is repeated as often as its first step may run", () => {
  const round = ["refine", "judge"];
  const seen: (string[] | undefined)[] = [];
  let steps: string[] | undefined = ["ask", "judge", "store"];
  for (let current = 1; steps; current += 2) {
    steps = repeatSteps(at(current, ...steps), round, { atMost: 2 });
    seen.push(steps);
  }
  assert.deepEqual(seen, [
    ["ask", "judge", "refine", "judge", "store"],
    ["ask", "judge", "refine", "judge", "refine", "judge", "store"],
    undefined,
  ]);
});

core("steps ahead are no runs", () => {
  assert.equal(countRuns(at(0, "a", "b", "a"), "a"), 1);
  assert.equal(countRuns(at(2, "a", "b", "a"), "a"), 2);
  assert.equal(countRuns(at(0, "a"), "b"), 0);
});

core("[W9] what has no end or no route is refused, with what is allowed", () => {
  const { route: _, ...bare } = at(0, "a");
  assert.throws(
    () => insertSteps(bare, "x"),
    /no route; .* ASYA_INCLUDE_METADATA is true, .* runHandler with includeMetadata: true/,
  );
  const round = (names: string[], atMost: number) => () =>
    repeatSteps(at(0, "a"), names, { atMost });
  assert.throws(round([], 1), /got no step/);
  for (const atMost of [NaN, Infinity, -1, 1.5]) {
    assert.throws(round(["a"], atMost), /a whole number from 0 is allowed/);
  }
});
