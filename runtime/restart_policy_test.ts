import assert from "node:assert/strict";
import { type Life, RestartPolicy } from "./restart_policy.ts";

const stillborn: Life = { livedMs: 40, wasReady: false };
const killed: Life = { livedMs: 3_000, wasReady: true };
const stable: Life = { livedMs: 10_000, wasReady: true };

const cases: [string, Life[], number[]][] = [
  [
    "one that cannot start waits ever longer, up to ten seconds",
    Array(10).fill(stillborn),
    [0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000],
  ],
  [
    "messages that end it one after the other never cost the next one more than a second",
    Array(8).fill(killed),
    [0, 100, 200, 400, 800, 1_000, 1_000, 1_000],
  ],
  ["one that lived long begins anew", [killed, killed, stable, killed], [0, 100, 0, 100]],
];

for (const [what, lives, delaysMs] of cases) {
  Deno.test({
    name: `[R3] ${what}`,
    permissions: "none",
    fn: () => {
      const policy = new RestartPolicy();
      assert.deepEqual(lives.map((life) => policy.delayMs(life, 1)), delaysMs);
    },
  });
}
