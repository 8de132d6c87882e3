import assert from "node:assert/strict";
import type { InstanceExit } from "@asya/protocol";
import { blame, type LostCall, type Verdict } from "./blame.ts";

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

const [a, b, c] = [7, 8, 9].map((call): LostCall => ({ call, isLate: false })) as [
  LostCall,
  LostCall,
  LostCall,
];
const late = (lost: LostCall): LostCall => ({ ...lost, isLate: true });

const cases: [string, LostCall[], InstanceExit | undefined, Verdict[]][] = [
  ["a call that was alone is to blame", [a], exit("signal"), [culprit("signal")]],
  ["a call that was alone when memory ran out", [a], exit("oom"), [culprit("oom")]],
  ["a call that was alone, and no record", [a], undefined, [culprit("unknown")]],
  ["a death in company counts for nobody", [a, b], exit("oom"), [suspect, suspect]],
  ["a death in company, and no record", [a, b], undefined, [suspect, suspect]],
  [
    "named culprits alone are to blame",
    [a, b, c],
    exit("timeout", [8]),
    [innocent, culprit("timeout"), innocent],
  ],
  ["a call that was alone, and another one is named", [a], exit("timeout", [3]), [innocent]],
  ["a clean end, for which nobody is to blame", [a], exit("exit", []), [innocent]],
  [
    "those that another one made late are not to blame",
    [late(a), late(b), late(c)],
    exit("timeout", [8]),
    [innocent, culprit("timeout"), innocent],
  ],
  [
    "those that somebody made late are not to blame",
    [late(a), late(b), c],
    exit("timeout"),
    [suspect, suspect, suspect],
  ],
  ["one that is late in company may have been blocked", [late(a), b], undefined, [
    suspect,
    suspect,
  ]],
  ["what is late is a timeout, however it ended", [late(a)], exit("killed"), [culprit("timeout")]],
  ["no calls, no verdicts", [], exit("oom"), []],
];

for (const [what, calls, record, verdicts] of cases) {
  Deno.test({
    name: `[D4] ${what}`,
    permissions: "none",
    fn: () => assert.deepEqual(blame(calls, record), verdicts),
  });
}
