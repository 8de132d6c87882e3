import assert from "node:assert/strict";
import type { InstanceExit } from "@asya/protocol";
import { blame, type Verdict } from "./blame.ts";

const at = "2026-01-01T00:00:00Z";
const exit = (reason: InstanceExit["reason"], culprits?: number[]): InstanceExit => ({
  instance: "i1",
  reason,
  at,
  ...(culprits && { culprits }),
});
const innocent: Verdict = { kind: "innocent" };
const suspect: Verdict = { kind: "suspect" };
const culprit = (reason: InstanceExit["reason"] | "unknown"): Verdict => ({
  kind: "culprit",
  reason,
});

const cases: [string, number[], InstanceExit | undefined, Verdict[]][] = [
  ["a call that was alone is to blame", [7], exit("signal"), [culprit("signal")]],
  ["a call that was alone when memory ran out", [7], exit("oom"), [culprit("oom")]],
  ["a call that was alone, and no record", [7], undefined, [culprit("unknown")]],
  ["a death in company counts for nobody", [7, 8], exit("oom"), [suspect, suspect]],
  ["a death in company, and no record", [7, 8], undefined, [suspect, suspect]],
  [
    "named culprits alone are to blame",
    [7, 8, 9],
    exit("timeout", [8]),
    [innocent, culprit("timeout"), innocent],
  ],
  ["a call that was alone, and another one is named", [7], exit("timeout", [3]), [innocent]],
  ["an empty list names nobody", [7, 8], exit("exit", []), [suspect, suspect]],
  ["no calls, no verdicts", [], exit("oom"), []],
];

for (const [what, calls, record, verdicts] of cases) {
  Deno.test({
    name: `[D4] ${what}`,
    permissions: "none",
    fn: () => assert.deepEqual(blame(calls, record), verdicts),
  });
}
