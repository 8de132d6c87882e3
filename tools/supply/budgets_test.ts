import assert from "node:assert/strict";
import { compareBudget } from "./budgets.ts";

const budget = { maxKilobytes: 10, packages: ["@x/y", "a"], copies: ["b@1.0.0"] };
const weighed = { bytes: 10_000, packages: ["@x/y@1.0.0", "a@2.0.0"], copies: ["b@1.0.0"] };

const cases = [
  { name: "as it is to be", change: {}, problems: [] },
  {
    name: "a package came",
    change: { packages: [...weighed.packages, "left-pad@1.3.0"] },
    problems: ["p brings left-pad@1.3.0, which is not in its budget"],
  },
  {
    name: "a package went",
    change: { packages: ["a@2.0.0"] },
    problems: ["p has @x/y in its budget, and brings none"],
  },
  {
    name: "a copy changed",
    change: { copies: ["b@1.0.1"] },
    problems: [
      "p brings a copy of b@1.0.1, which is not in its budget",
      "p has a copy of b@1.0.0 in its budget, and brings none",
    ],
  },
  {
    name: "one byte too much",
    change: { bytes: 10_001 },
    problems: ["p has 11 kB of bundles; its budget is 10 kB"],
  },
];

for (const { name, change, problems } of cases) {
  Deno.test(`[C13] a budget: ${name}`, { permissions: "none" }, () => {
    assert.deepEqual(compareBudget("p", budget, { ...weighed, ...change }), problems);
  });
}

Deno.test("[C13] a program without a budget has none", { permissions: "none" }, () => {
  assert.equal(compareBudget("p", undefined, weighed).length, 4);
});
