import assert from "node:assert/strict";
import type { InstanceExit } from "@asya/protocol/session";
import { classifyExit, type ObservedExit } from "./classify_exit.ts";
import { blame, judge, type Verdict } from "./judge.ts";
import type { CallStage, Ledger, LedgerCall } from "./ledger.ts";

const idle: Ledger = {
  pid: 7,
  instance: "i1",
  phase: "running",
  aliveMs: 10_000,
  exitByMs: 0,
  onlySession: 1,
  calls: [],
};

function call(number: number, stage: CallStage, deadlineMs: number, session = 1): LedgerCall {
  return { session, call: number, stage, deadlineMs };
}

const late = 9_000;
const far = 99_000;

const verdicts: readonly [name: string, change: Partial<Ledger>, nowMs: number, Verdict][] = [
  ["an idle process is fine for ever", {}, 1e9, undefined],
  ["a busy one that turns is fine", { calls: [call(1, "awaited", late)] }, 10_100, undefined],
  [
    "a blocked one has time until a deadline",
    { calls: [call(1, "entered", far)] },
    20_000,
    undefined,
  ],
  [
    "a blocked one is ended at a deadline",
    { calls: [call(1, "entered", late)] },
    10_600,
    "blocked",
  ],
  [
    "a blocked one is ended at any call's deadline",
    { calls: [call(1, "entered", far), call(2, "awaited", late)] },
    10_600,
    "blocked",
  ],
  ["one that drains has its time", { phase: "draining", exitByMs: 15_000 }, 16_000, undefined],
  ["one that does not go is ended", { phase: "draining", exitByMs: 15_000 }, 17_100, "overdue"],
  ["one that has said good-bye is left alone", { phase: "closed", exitByMs: 1 }, 1e9, undefined],
];

for (const [name, change, nowMs, verdict] of verdicts) {
  Deno.test(`[R3] ${name}`, { permissions: "none" }, () => {
    assert.equal(judge({ ...idle, ...change }, nowMs), verdict);
  });
}

const blames: readonly [
  name: string,
  change: Partial<Ledger>,
  reason: InstanceExit["reason"],
  culprits: number[],
][] = [
  ["nobody of nobody", {}, "exit", []],
  ["the only call", { calls: [call(5, "awaited", far)] }, "signal", [5]],
  ["the only call, for memory", { calls: [call(5, "awaited", far)] }, "oom", [5]],
  [
    "the call inside its synchronous part",
    { calls: [call(5, "entered", far), call(6, "awaited", far)] },
    "exit",
    [5],
  ],
  [
    "nobody of several that wait",
    { calls: [call(5, "awaited", far), call(6, "awaited", far)] },
    "exit",
    [],
  ],
  [
    "nobody of several, for memory",
    { calls: [call(5, "entered", far), call(6, "awaited", far)] },
    "oom",
    [],
  ],
  [
    "the blocking call that was late",
    { calls: [call(5, "entered", late), call(6, "awaited", far)] },
    "timeout",
    [5],
  ],
  [
    "nobody when the blocking call still had time",
    { calls: [call(5, "entered", far), call(6, "awaited", late)] },
    "timeout",
    [],
  ],
  ["the only late call", { calls: [call(5, "awaited", late)] }, "timeout", [5]],
  [
    "the calls that did not stop, of a process that began anew",
    {
      phase: "recycling",
      calls: [call(5, "abandoned", late), call(6, "awaited", far), call(7, "abandoned", far)],
    },
    "timeout",
    [5, 7],
  ],
  [
    "nobody while several sessions call",
    { onlySession: 0, calls: [call(5, "entered", far)] },
    "exit",
    [],
  ],
  [
    "nobody of a session that has closed",
    { onlySession: 2, calls: [call(5, "entered", far)] },
    "exit",
    [],
  ],
  ["nobody for an exchange without session", { calls: [call(0, "entered", far, 0)] }, "exit", []],
];

for (const [name, change, reason, culprits] of blames) {
  Deno.test(`[R3] [D4] to blame for ${reason}: ${name}`, { permissions: "none" }, () => {
    assert.deepEqual(blame({ ...idle, ...change }, reason, 10_000), culprits);
  });
}

const seen: ObservedExit = { code: 1, errorText: "", phase: "running" };
const exits: readonly [name: string, change: Partial<ObservedExit>, expected: unknown][] = [
  ["by itself", {}, { reason: "exit", code: 1 }],
  ["well, but without saying so", { code: 0 }, { reason: "exit", code: 0 }],
  ["by a fault", { code: 139, signal: "SIGSEGV" }, { reason: "signal", code: 139 }],
  ["by V8's trap", { code: 133, signal: "SIGTRAP" }, { reason: "oom", code: 133 }],
  [
    "with V8's last words",
    {
      code: 134,
      signal: "SIGABRT",
      errorText: "Fatal JavaScript out of memory: Reached heap limit",
    },
    { reason: "oom", code: 134 },
  ],
  ["by a foreign kill", { code: 137, signal: "SIGKILL" }, { reason: "oom", code: 137 }],
  ["by our kill at a deadline", { code: 137, killedFor: "timeout" }, {
    reason: "timeout",
    code: 137,
  }],
  ["to begin anew", { code: 0, phase: "recycling" }, { reason: "timeout", code: 0 }],
  ["with a good-bye", { code: 0, phase: "closed" }, "clean"],
  ["with the whole program", { code: 137, killedFor: "shutdown" }, "clean"],
];

for (const [name, change, expected] of exits) {
  Deno.test(`[R4] an end ${name} is told for what it is`, { permissions: "none" }, () => {
    assert.deepEqual(classifyExit({ ...seen, ...change }), expected);
  });
}
