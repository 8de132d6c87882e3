import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decideJoin, type JoinRule, type JoinTally } from "./join_rule.ts";

const pure = { permissions: "none" } as const;

const rules: fc.Arbitrary<JoinRule> = fc.record({
  quorum: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  wait: fc.constantFrom("quorum", "all"),
  late: fc.constant("drop"),
});
const tallies: fc.Arbitrary<JoinTally> = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.nat(count).chain((ended) => fc.nat(count - ended).map((failed) => ({ count, ended, failed })))
);

Deno.test("[J1] a join decides as it says, whatever is here", pure, () => {
  fc.assert(
    fc.property(tallies, rules, fc.boolean(), (tally, rule, isOver) => {
      const { count, ended, failed } = tally;
      const needed = Math.min(rule.quorum ?? count, count);
      const isLost = failed > count - needed;
      const isEnd = isOver || ended + failed === count ||
        (rule.wait === "quorum" && ended >= needed);
      const expected = isLost ? "fail" : !isEnd ? "wait" : ended >= needed ? "merge" : "fail";
      assert.equal(decideJoin(tally, rule, isOver), expected);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test(
  "[J1] every join comes to an end when all branches have, or its time is over",
  pure,
  () => {
    fc.assert(fc.property(tallies, rules, (tally, rule) => {
      assert.notEqual(decideJoin(tally, rule, true), "wait");
      const all = { ...tally, ended: tally.count - tally.failed };
      assert.notEqual(decideJoin(all, rule, false), "wait");
    }));
  },
);
