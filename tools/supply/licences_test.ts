import assert from "node:assert/strict";
import { findUnlicensed, READ_BY_HAND } from "./licences.ts";
import { createPackage } from "./testing/create_package.ts";

const known = Object.keys(READ_BY_HAND).map((title) => createPackage(title));

const cases = [
  { name: "MIT in a bundle", more: {}, bundled: true },
  { name: "MPL-2.0 beside", more: { licence: "MPL-2.0" }, bundled: false },
  {
    name: "MPL-2.0 in a bundle",
    more: { licence: "MPL-2.0" },
    bundled: true,
    problem: /^a@1\.0\.0 has the licence MPL-2\.0; allowed in a bundle: 0BSD, Apache-2\.0/,
  },
  {
    name: "one that nobody has looked at",
    more: { licence: "AGPL-3.0-only" },
    bundled: false,
    problem: /^a@1\.0\.0 has the licence AGPL-3\.0-only; allowed outside of bundles/,
  },
  {
    name: "a choice of two",
    more: { licence: "(MIT OR GPL-2.0-only)" },
    bundled: true,
    problem: /has the licence \(MIT OR GPL-2\.0-only\)/,
  },
  { name: "none", more: { licence: undefined }, bundled: false, problem: /the licence unknown/ },
  {
    name: "MIT without its words, in a bundle",
    more: { texts: [] },
    bundled: true,
    problem: /brings no text of its licence, MIT$/,
  },
  { name: "MIT without its words, beside", more: { texts: [] }, bundled: false },
  {
    name: "Apache-2.0 without its words",
    more: { licence: "Apache-2.0", texts: [] },
    bundled: true,
  },
];

for (const { name, more, bundled, problem } of cases) {
  Deno.test(`[C11] a licence: ${name}`, { permissions: "none" }, () => {
    const packages = [...known, createPackage("a@1.0.0", more)];
    const problems = findUnlicensed(packages, new Set(bundled ? ["a@1.0.0"] : []));
    assert.equal(problems.length, problem === undefined ? 0 : 1, problems.join("\n"));
    if (problem !== undefined) assert.match(problems[0] ?? "", problem);
  });
}

Deno.test("[C11] an entry made by hand goes with its package", { permissions: "none" }, () => {
  const [first] = known;
  assert(first !== undefined);
  const problems = findUnlicensed(known.slice(1), new Set());
  assert.deepEqual(problems, [
    `${first.name}@${first.version} has an entry, and is not in the lock`,
  ]);
});
