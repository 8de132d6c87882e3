import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import { Rounds } from "./rounds.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `rounds: ${name}`, permissions: "none", fn });
}

function createBench() {
  const clock = new FakeClock();
  const visits: [who: string, atMs: number][] = [];
  const start = clock.now();
  const rounds = new Rounds<string>({
    clock,
    everyMs: 15_000,
    visit: (who) => visits.push([who, clock.now() - start]),
  });
  return { clock, rounds, visits };
}

test("each is visited once in a round, a round after it came", async () => {
  const { clock, rounds, visits } = createBench();
  rounds.add("a");
  await clock.pass(7_000);
  rounds.add("b");
  await clock.pass(38_100);
  assert.deepEqual(visits, [
    ["a", 15_000],
    ["b", 22_000],
    ["a", 30_000],
    ["b", 37_000],
    ["a", 45_000],
  ]);
});

test("who has left is visited no more, also when it leaves during a visit", async () => {
  const { clock, rounds, visits } = createBench();
  const a = rounds.add("a");
  rounds.add("b");
  await clock.pass(15_000);
  rounds.remove("a", a);
  rounds.remove("a", a);
  assert.equal(rounds.size, 1);
  await clock.pass(15_000);
  assert.deepEqual(visits.map(([who]) => who), ["a", "b", "b"]);
});

test("with nobody to visit no time passes for it", async () => {
  const { clock, rounds, visits } = createBench();
  rounds.remove("a", rounds.add("a"));
  await clock.pass(60_000);
  rounds.add("b");
  await clock.pass(15_000);
  assert.deepEqual(visits, [["b", 75_000]]);
});
