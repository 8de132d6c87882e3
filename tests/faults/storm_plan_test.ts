import assert from "node:assert/strict";
import { seededRandom } from "../kit/random.ts";
import { describeFault, planStorm, type StormTargets } from "./storm_plan.ts";

const permissions = "none";

const targets: StormTargets = {
  durationMs: 300_000,
  programs: ["gateway", "first.sidecar", "first.runtime", "second.sidecar", "second.runtime"],
  queues: ["first"],
};

Deno.test("storm plan: one seed makes one plan, another seed another", { permissions }, () => {
  const plan = (seed: number) => planStorm(seededRandom(seed), targets).map(describeFault);
  assert.deepEqual(plan(7), plan(7));
  assert.notDeepEqual(plan(7), plan(8));
});

Deno.test("storm plan: every kind of fault, however short it is", { permissions }, () => {
  for (let seed = 0; seed < 100; seed++) {
    const faults = planStorm(seededRandom(seed), { ...targets, durationMs: 20_000 });
    assert.deepEqual(
      new Set(faults.map(({ kind }) => kind)),
      new Set(["broker", "connections", "queue", "program", "handler"]),
    );
  }
});

Deno.test("storm plan: an outage a minute, and all in the order of time", { permissions }, () => {
  const faults = planStorm(seededRandom(1), targets);
  assert.equal(faults.filter(({ kind }) => kind === "broker").length, 5);
  const times = faults.map(({ atMs }) => atMs);
  assert.deepEqual(times, times.toSorted((one, other) => one - other));
  assert.ok(times.every((atMs) => atMs > 0 && atMs < targets.durationMs));
});

Deno.test("storm plan: a fault is said in a few words", { permissions }, () => {
  assert.equal(
    describeFault({ kind: "broker", how: "kill", atMs: 1_250, awayMs: 500 }),
    "1.3 s: broker kill 500 ms",
  );
});
