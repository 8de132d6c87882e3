import assert from "node:assert/strict";
import * as fc from "fast-check";
import { advance, checkHops, checkRewrite, currentStep, isFinished } from "./route.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const step = fc.constantFrom("a", "b", "c");
const steps = fc.array(step, { minLength: 1, maxLength: 5 });

test("a route is taken step by step, to its end", () => {
  fc.assert(fc.property(steps, (list) => {
    const taken: (string | undefined)[] = [];
    let route: Parameters<typeof advance>[0] = { steps: list, current: 0, metadata: { team: 1 } };
    while (!isFinished(route)) {
      taken.push(currentStep(route));
      route = advance(route);
    }
    assert.deepEqual(taken, list);
    assert.equal(currentStep(route), undefined);
    assert.deepEqual(route, { steps: list, current: list.length, metadata: { team: 1 } });
  }));
});

test("[W9] exactly the rewrites that keep what is done are allowed", () => {
  fc.assert(fc.property(steps, fc.nat(4), fc.array(step, { maxLength: 6 }), (list, at, wanted) => {
    const before = { steps: list, current: at % list.length, metadata: {} };
    const done = list.slice(0, before.current + 1);
    const kept = JSON.stringify(wanted.slice(0, done.length)) === JSON.stringify(done);
    assert.equal(checkRewrite(before, wanted) === undefined, kept);
    assert.equal(checkRewrite(before, list), undefined);
  }));
});

test("[W9] a refused rewrite names the step and what became of which part", () => {
  const before = { steps: ["ask", "judge"], current: 1, metadata: {} };
  const changed = checkRewrite(before, ["ask", "x"]);
  assert.equal(changed?.severity, "fatal");
  assert.match(changed?.message ?? "", /"judge".*steps\[1\].*"judge".*"x"/);
  assert.match(checkRewrite(before, before.steps, 2)?.message ?? "", /"judge".*from 1 to 2/);
  assert.match(checkHops(before, 1)?.message ?? "", /step 2 .*"judge".* 1 hops/);
});
