import assert from "node:assert/strict";
import { findFlaws, MAX_KB, type PackageFacts } from "./find_flaws.ts";
import { parseMember } from "./members.ts";

const member = parseMember(
  "runtime",
  JSON.stringify({
    name: "@asya/runtime",
    version: "1.0.0",
    description: "Hosts handlers",
    license: "Apache-2.0",
    exports: { ".": "./mod.ts" },
  }),
);

const facts: PackageFacts = {
  files: new Map([["mod.ts", 1_000], ["README.md", 100], ["LICENSE", 100], ["deno.json", 10]]),
  reached: new Set(["mod.ts"]),
  readme: "# Runtime\n\n```ts\n1;\n```\n",
  hasLicense: true,
  symbols: { symbols: 1, parts: 0, undocumented: [], withoutDoc: [] },
};

Deno.test("[T5] a package with a file too many or too few is told of", {
  permissions: "none",
}, () => {
  assert.deepEqual(findFlaws(member, facts), []);
  const grown = new Map([...facts.files, ["mod_test.ts", 5]] as const);
  const cases: readonly [Partial<PackageFacts>, RegExp][] = [
    [{ files: grown }, /^mod_test\.ts is published, and no entry point reaches it$/],
    [{ reached: new Set(["mod.ts", "data.json"]) }, /^data\.json is needed, and not published$/],
    [{ files: new Map([["mod.ts", 9_000_000]]) }, /^it weighs 9000 kB; allowed: \d+ kB/],
    [{ readme: "# Runtime\n" }, /^README\.md has no example$/],
    [{ hasLicense: false }, /^LICENSE is not that of the repository$/],
    [
      { symbols: { ...facts.symbols, withoutDoc: ["mod.ts"] } },
      /^mod\.ts does not say what it is/,
    ],
    [{ symbols: { ...facts.symbols, undocumented: ["mod.ts: x"] } }, /^mod\.ts: x is not doc/],
  ];
  for (const [change, expected] of cases) {
    const [flaw = "", ...more] = findFlaws(member, { ...facts, ...change });
    assert.match(flaw, expected);
    assert.deepEqual(more, []);
  }
  assert.match(findFlaws({ ...member, description: "" }, facts)[0] ?? "", /^its description has 0/);
  assert.match(findFlaws({ ...member, license: "" }, facts)[0] ?? "", /^its license is ""$/);
  assert(member.name in MAX_KB);
});
