import assert from "node:assert/strict";
import { readBookkeeping } from "./bookkeeping.ts";
import { reroute } from "./reroute.ts";
import type { Route } from "./route.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

const route = (steps: string[], current: number, joins?: number[]): Route => ({
  steps,
  current,
  metadata: { team: "ml", ...(joins && { asya: { joins } }) },
});

const rows: [string, Route, string[], number[] | undefined][] = [
  ["no join", route(["a", "b"], 0), ["a", "c", "b"], undefined],
  ["a step before a join", route(["a", "b", "join"], 0, [2]), ["a", "x", "b", "join"], [3]],
  ["a join that is dropped", route(["a", "b", "join"], 0, [2]), ["a", "b"], undefined],
  ["a join that is done", route(["a", "join", "b"], 2, [1]), ["a", "join", "b", "c"], [1]],
  [
    "a join that comes again",
    route(["a", "join", "b"], 2, [1]),
    ["a", "join", "b", "a", "join"],
    [1, 4],
  ],
  ["a join that is current", route(["a", "join", "b"], 1, [1]), ["a", "join", "c"], [1]],
];

for (const [what, before, steps, joins] of rows) {
  core(`reroute: ${what}`, () => {
    const after = reroute(before, steps);
    assert.deepEqual(after.steps, steps);
    assert.deepEqual(readBookkeeping(after).joins, joins);
    assert.equal(after.current, before.current);
    assert.equal(after.metadata.team, "ml");
  });
}

core("reroute: the same steps are the same route", () => {
  const same = route(["a", "b"], 0, [1]);
  assert.equal(reroute(same, ["a", "b"]), same);
});
