import assert from "node:assert/strict";
import { recordEnd, recordUnseenEnd } from "./exit_record.ts";
import type { Ledger } from "./ledger.ts";

const ledger: Ledger = {
  pid: 7,
  instance: "i1",
  phase: "running",
  aliveMs: 0,
  exitByMs: 0,
  onlySession: 1,
  calls: [{ session: 1, call: 5, stage: "entered", deadlineMs: 60_000 }],
};
const at = "1970-01-01T00:00:01.000Z";

Deno.test(
  "[D4] an end that was seen names who is certainly to blame",
  { permissions: "none" },
  () => {
    const observed = { code: 7, errorText: "", phase: "running" } as const;
    assert.deepEqual(recordEnd("i1", { observed, ledger }, 1_000), {
      instance: "i1",
      reason: "exit",
      code: 7,
      at,
      culprits: [5],
    });
  },
);

Deno.test("[D4] nobody is named where nobody is known", { permissions: "none" }, () => {
  const observed = { code: 1, errorText: "", phase: "starting" } as const;
  assert.deepEqual(recordEnd("i1", { observed, ledger: undefined }, 1_000), {
    instance: "i1",
    reason: "exit",
    code: 1,
    at,
  });
});

Deno.test("[D4] an end that nobody saw was a kill, unless it said good-bye", {
  permissions: "none",
}, () => {
  assert.deepEqual(recordUnseenEnd(ledger, 1_000), { instance: "i1", reason: "killed", at });
  assert.deepEqual(recordUnseenEnd({ ...ledger, phase: "closed" }, 1_000).culprits, []);
});
