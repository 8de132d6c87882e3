import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Json } from "./json.ts";
import {
  branchOf,
  type BranchReport,
  type BranchSegment,
  checkFanOut,
  gatherBranches,
  MAX_FAN_OUT,
  MAX_GENERATIONS,
  MAX_LINEAGE_OUTPUTS,
  parentBranch,
  parseBranch,
} from "./lineage.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const segment: fc.Arbitrary<BranchSegment> = fc.tuple(fc.nat(50), fc.nat(50), fc.nat())
  .map(([index, more, group]) => ({
    index,
    count: index + 1 + more,
    group: group.toString(16),
  }));

test("a lineage is read as it was made, and its parent is the one before", () => {
  fc.assert(fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
    const branch = segments.reduce<string | undefined>(branchOf, undefined);
    assert.deepEqual(parseBranch(branch ?? ""), segments);
    const parent = segments.slice(0, -1).reduce<string | undefined>(branchOf, undefined);
    if (branch) assert.equal(parentBranch(branch), parent);
  }));
});

test("any text is a lineage or none; nothing is thrown", () => {
  const pieces = fc.array(fc.constantFrom("/", ":", "0", "1", "12", "ab", "-", "G", "."));
  fc.assert(fc.property(fc.oneof(fc.string(), pieces.map((list) => list.join(""))), (text) => {
    const segments = parseBranch(text);
    if (!segments) return;
    assert.equal(segments.reduce<string | undefined>(branchOf, undefined) ?? "", text);
  }));
});

test("a lineage has limits: outputs of one fan-out, fan-outs in a row, all outputs", () => {
  assert.ok(parseBranch(`/0:${MAX_FAN_OUT}:a`));
  assert.equal(parseBranch(`/0:${MAX_FAN_OUT + 1}:a`), undefined);
  assert.ok(parseBranch("/0:1:a".repeat(MAX_GENERATIONS)));
  assert.equal(parseBranch("/0:1:a".repeat(MAX_GENERATIONS + 1)), undefined);
  assert.equal(parseBranch("/0:1:a".repeat(5_000_000)), undefined);
  const widest = `/0:${MAX_FAN_OUT}:a`.repeat(MAX_LINEAGE_OUTPUTS / MAX_FAN_OUT);
  assert.ok(parseBranch(widest));
  assert.equal(parseBranch(`${widest}/0:1:a`), undefined);
  assert.ok(parseBranch("/1:2:a".repeat(MAX_GENERATIONS)));
  assert.ok(parseBranch(`/0:1:${"a".repeat(64)}`));
  assert.equal(parseBranch(`/0:1:${"a".repeat(65)}`), undefined);
});

test("[D13] a few bytes of lineage never claim more results than fit into memory", () => {
  const vast = { branch: `/0:${MAX_FAN_OUT}:a`.repeat(200), outcome: "empty" } as const;
  assert.deepEqual(gatherBranches([vast]).results, []);
});

test("[D13] a fan-out that no lineage can tell of is refused, not sent", () => {
  const parents: [string | undefined, number, number][] = [
    [undefined, 1, MAX_FAN_OUT],
    ["/0:1:a".repeat(MAX_GENERATIONS - 1), 1, MAX_FAN_OUT],
    [`/0:${MAX_FAN_OUT}:a`.repeat(9) + `/0:${MAX_FAN_OUT - 5}:a`, 1, 5],
  ];
  for (const [parent, ...counts] of parents) {
    for (const count of counts) {
      assert.equal(checkFanOut(parent, count), undefined);
      assert.ok(parseBranch(branchOf(parent, { index: count - 1, count, group: "ab" })));
    }
    const over = counts[1]! + 1;
    assert.equal(checkFanOut(parent, over)?.code, "processing_error");
    assert.equal(parseBranch(branchOf(parent, { index: 0, count: over, group: "ab" })), undefined);
  }
  const deep = checkFanOut("/0:1:a".repeat(MAX_GENERATIONS), 1);
  assert.match(deep?.message ?? "", new RegExp(`\\b${MAX_GENERATIONS}\\b`));
});

/**
 * What one execution of a job came to: a branch that ended, or fan-outs of it: one, or another one
 * when its step was run again.
 */
type Tree = { outcome: BranchReport["outcome"]; result: number } | { groups: Tree[][] };

const leaf = fc.record({
  outcome: fc.constantFrom("succeeded", "empty", "failed"),
  result: fc.nat(99),
}) as fc.Arbitrary<Tree>;
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({
      groups: fc.array(fc.array(tie("tree"), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  ),
})).tree;
const fannedOut = fc.array(fc.array(tree, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 2,
});

function reportsOf(groups: Tree[][], parent?: string): BranchReport[] {
  return groups.flatMap((children, number) =>
    children.flatMap((child, index) => {
      const segment = { index, count: children.length, group: `g${number}` };
      const branch = branchOf(parent, segment);
      return "groups" in child ? reportsOf(child.groups, branch) : [{ branch, ...child }];
    })
  );
}

/**
 * The same rules in the plainest way: play the reports one by one, and after each one settle which
 * groups have just become complete. `undefined` is a branch that has not ended.
 */
function gatherPlainly(reports: readonly BranchReport[]): ReturnType<typeof gatherBranches> {
  const seen: BranchReport[] = [];
  const winners = new Map<string, string>();
  const firstHeard = new Map<string, string>();
  const groupsUnder = (parent: string) =>
    new Set(
      seen.filter(({ branch }) => branch.startsWith(`${parent}/`))
        .map(({ branch }) => branch.slice(parent.length + 1).split("/")[0]!.replace(/^\d+:/, "")),
    );
  const childrenOf = (parent: string, group: string) =>
    Array.from({ length: parseInt(group) }, (_, index) => `${parent}/${index}:${group}`);
  const ended = (branch: string): boolean =>
    seen.some((report) => report.branch === branch) || winners.has(branch);
  for (const report of reports) {
    if (ended(report.branch)) continue;
    seen.push(report);
    const parts = report.branch.split("/");
    for (let depth = parts.length - 1; depth > 0; depth--) {
      const parent = parts.slice(0, depth).join("/");
      const group = parts[depth]!.replace(/^\d+:/, "");
      if (!firstHeard.has(parent)) firstHeard.set(parent, group);
      const settled = winners.has(parent) || seen.some((one) => one.branch === parent);
      if (!settled && childrenOf(parent, group).every(ended)) winners.set(parent, group);
    }
  }
  const standing = (parent: string): string | undefined =>
    winners.get(parent) ?? (groupsUnder(parent).size > 0 ? firstHeard.get(parent) : undefined);
  const resultOf = (branch: string): Json => {
    const own = seen.find((report) => report.branch === branch);
    if (own && !winners.has(branch)) return own.outcome === "succeeded" ? own.result ?? null : null;
    const group = standing(branch);
    return group ? childrenOf(branch, group).map(resultOf) : null;
  };
  const failed = (branch: string): boolean => {
    const own = seen.find((report) => report.branch === branch);
    if (own && !winners.has(branch)) return own.outcome === "failed";
    const group = standing(branch);
    return group ? childrenOf(branch, group).some(failed) : false;
  };
  const group = standing("");
  if (!group) return { complete: false, failed: false, results: [] };
  const children = childrenOf("", group);
  return {
    complete: winners.has(""),
    failed: children.some(failed),
    results: children.map(resultOf),
  };
}

test("[D13] any interleaving of nested, re-run and repeated reports is gathered by the rules", () => {
  const runs = fannedOut.chain((groups) => {
    const reports = reportsOf(groups);
    return fc.tuple(
      fc.shuffledSubarray([...reports, ...reports.slice(0, 3)]),
      fc.constant(reports.length),
    );
  });
  fc.assert(
    fc.property(runs, ([reports]) => {
      assert.deepEqual(gatherBranches(reports), gatherPlainly(reports));
    }),
    { numRuns: 1000 },
  );
});

test("[D13] without re-runs the order of the reports changes nothing", () => {
  const once = fannedOut.map((groups) => reportsOf(withoutReruns(groups)));
  const shuffled = once.chain((reports) =>
    fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length }))
  );
  fc.assert(fc.property(shuffled, ([reports, other]) => {
    const gathered = gatherBranches(reports);
    assert.equal(gathered.complete, true);
    assert.deepEqual(gatherBranches(other), gathered);
  }));
});

test("[G3] once complete, a job's branches stay as they are, whatever comes later", () => {
  const more = fc.array(
    fc.tuple(fc.nat(2), fc.nat(2)).map(([index, group]): BranchReport => ({
      branch: `/${index}:3:late${group}`,
      outcome: "failed",
    })),
  );
  fc.assert(fc.property(fannedOut, more, (groups, late) => {
    const reports = reportsOf(withoutReruns(groups));
    const repeated = reports.map((report): BranchReport => ({ ...report, outcome: "failed" }));
    const gathered = gatherBranches(reports);
    assert.deepEqual(gatherBranches([...reports, ...late, ...repeated]), gathered);
  }));
});

function withoutReruns(groups: Tree[][]): Tree[][] {
  return groups.slice(0, 1).map((children) =>
    children.map((child) => "groups" in child ? { groups: withoutReruns(child.groups) } : child)
  );
}
