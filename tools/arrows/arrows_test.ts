import assert from "node:assert/strict";
import { findBreaches, findCycles, type House, type Module, namesDeno } from "./arrows.ts";

const permissions = "none";

const house: House = {
  rooms: {
    base: { imports: [], edges: [] },
    top: {
      imports: ["base"],
      alsoImports: { "config.ts": ["side"] },
      edges: ["edge.ts"],
      corners: { jobs: [], http: ["jobs"] },
    },
    side: { imports: [], edges: [] },
    tests: { imports: "*", edges: "*" },
  },
  entries: { base: ["base/mod.ts"], side: ["side/mod.ts", "side/narrow.ts"] },
  reaches: { "top/mod.ts": ["top", "base"] },
  nodeModules: { base: ["node:crypto"] },
  dependencies: {
    "lib": { usedBy: ["top"], reason: "it is good" },
    "check": { usedBy: ["tests"], reason: "tests" },
  },
};

function file(path: string, ...imports: string[]): Module {
  return { path, imports, namesDeno: path === "top/edge.ts" };
}

/** A repository without a breach; each case below replaces or adds one file. */
const good: Module[] = [
  file("base/mod.ts", "base/word.ts"),
  file("base/word.ts", "node:crypto"),
  file("base/word_test.ts", "base/word.ts", "npm:check", "node:assert/strict", "tests/kit/x.ts"),
  file("top/mod.ts", "base/mod.ts", "top/core.ts"),
  file("top/core.ts", "node:path"),
  file("top/config.ts", "base/mod.ts", "side/narrow.ts"),
  file("top/edge.ts", "npm:lib"),
  file("side/mod.ts", "side/narrow.ts"),
  file("side/narrow.ts", "side/data.json"),
  file("tests/kit/x.ts", "top/edge.ts", "base/word.ts"),
  file("top/testing/world.ts", "npm:check"),
  file("top/http/app.ts", "top/jobs/jobs.ts", "top/core.ts", "top/http/route.ts"),
  file("top/http/route.ts"),
  file("top/jobs/jobs.ts"),
];

function breachesWith(...changed: Module[]): string[] {
  const kept = good.filter(({ path }) => !changed.some((module) => module.path === path));
  return findBreaches([...kept, ...changed], house);
}

Deno.test("arrows: a good house has no breach", { permissions }, () => {
  assert.deepEqual(breachesWith(), []);
});

const cases: [string, Module, string][] = [
  [
    "an arrow that points up",
    file("base/mod.ts", "base/word.ts", "top/mod.ts"),
    "base/mod.ts imports top/mod.ts: base may import from no other folder",
  ],
  [
    "a way around mod.ts",
    file("top/core.ts", "base/word.ts"),
    "top/core.ts imports base/word.ts: base exports base/mod.ts",
  ],
  [
    "a core that imports a kit for tests",
    file("top/core.ts", "tests/kit/x.ts"),
    "top/core.ts imports tests/kit/x.ts: top may import from base",
  ],
  [
    "an arrow between folders of one room that points up",
    file("top/jobs/jobs.ts", "top/http/route.ts"),
    "top/jobs/jobs.ts imports top/http/route.ts: jobs may import from none of its neighbours",
  ],
  [
    "a file that does not exist",
    file("top/core.ts", "top/gone.ts"),
    "top/core.ts imports top/gone.ts: there is no such file",
  ],
  [
    "an arrow that is for another file",
    file("top/core.ts", "side/mod.ts"),
    "top/core.ts imports side/mod.ts: top may import from base",
  ],
  [
    "a part of Node's library that is not allowed",
    file("base/word.ts", "node:fs"),
    "base/word.ts imports node:fs: base may import node:crypto",
  ],
  [
    "a package of another folder",
    file("base/mod.ts", "base/word.ts", "npm:lib"),
    "base/mod.ts imports npm:lib: the package is for top",
  ],
  [
    "a package for tests in a program",
    file("top/core.ts", "npm:check"),
    "top/core.ts imports npm:check: the package is for tests",
  ],
  [
    "a package that nobody gave a reason for",
    file("top/core.ts", "npm:left-pad"),
    "top/core.ts imports npm:left-pad: the package is not in tools/house.ts",
  ],
  [
    "a file in a folder without rules",
    file("utils/x.ts"),
    "utils/x.ts: the folder utils is not in tools/house.ts",
  ],
  [
    "a core that names Deno",
    { ...file("top/core.ts"), namesDeno: true },
    "top/core.ts names Deno, but is no edge of top in tools/house.ts",
  ],
  [
    "an edge that is none",
    { ...file("top/edge.ts", "npm:lib"), namesDeno: false },
    "top/edge.ts is an edge in tools/house.ts, but names no Deno",
  ],
  [
    "a dependency that is not used",
    file("top/edge.ts"),
    "npm:lib is for top in tools/house.ts, but not imported there",
  ],
];

for (const [what, changed, expected] of cases) {
  Deno.test(`arrows: ${what}`, { permissions }, () => {
    assert(breachesWith(changed).includes(expected), breachesWith(changed).join("\n"));
  });
}

Deno.test("arrows: a limited reach counts what is imported on the way", { permissions }, () => {
  const breaches = breachesWith(file("top/core.ts", "top/edge.ts"));
  assert.deepEqual(breaches, ["top/mod.ts reaches npm:lib: it may reach top, base alone"]);
});

Deno.test("arrows: a program's first file and tests may name Deno", { permissions }, () => {
  const entry = { ...file("top/main.ts"), namesDeno: true };
  const test = { ...file("top/core_test.ts", "npm:check"), namesDeno: true };
  assert.deepEqual(breachesWith(entry, test), []);
});

Deno.test("arrows: circles are found once, however they are reached", { permissions }, () => {
  const modules = [file("a", "b"), file("b", "c"), file("c", "b", "d"), file("d")];
  assert.deepEqual(findCycles(modules), [["b", "c", "b"]]);
  assert.deepEqual(findCycles([file("a", "a")]), [["a", "a"]]);
  assert.deepEqual(findCycles([file("a", "b", "c"), file("b", "d"), file("c", "d")]), []);
});

const sources: [string, string, boolean][] = [
  ["a call", "const x = Deno.env.get('A');", true],
  ["an index", "const x = Deno['env'];", true],
  ["a comment", "/** Uses Deno.env. */\n  // Deno.exit()\nconst x = 1;", false],
  ["a URL before a call", "fetch('http://a');\nDeno.exit();", true],
  ["another name", "const x = myDeno.env + Deno2.x;", false],
];

for (const [what, source, expected] of sources) {
  Deno.test(`naming Deno: ${what}`, { permissions }, () => {
    assert.equal(namesDeno(source), expected);
  });
}
