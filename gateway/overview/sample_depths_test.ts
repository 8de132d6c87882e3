import type { QueueState } from "@asya/transport";
import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import { SLOT_MS, slotAt } from "./pulse_slot.ts";
import { MAX_SAMPLED, startSampling } from "./sample_depths.ts";

const pure = { permissions: "none" } as const;

/** A broker with some queues, and what is seen of them. */
function createBench(queues: () => readonly string[], ready: Record<string, number>) {
  const clock = new FakeClock();
  const begin = slotAt(clock.now());
  const asked: string[] = [];
  const seen: (readonly [number, Record<string, number>])[] = [];
  const bench = {
    ...{ clock, asked, seen },
    connected: true,
    inspect: (queue: string): Promise<QueueState | undefined> => {
      asked.push(queue);
      const depth = ready[queue];
      return Promise.resolve(depth === undefined ? undefined : { ready: depth });
    },
    stop: () => {},
  };
  bench.stop = startSampling({
    source: bench,
    queues,
    clock,
    take: (slot, depths) => seen.push([slot - begin, Object.fromEntries(depths)]),
  });
  return bench;
}

Deno.test("[L4] queues are looked into once in each slot", pure, async () => {
  const ready = { a: 1 };
  const bench = createBench(() => ["a"], ready);
  await bench.clock.pass(SLOT_MS);
  ready.a = 7;
  await bench.clock.pass(SLOT_MS);
  assert.deepEqual(bench.seen, [[0, { a: 1 }], [1, { a: 7 }]]);
  bench.stop();
  await bench.clock.pass(10 * SLOT_MS);
  assert.equal(bench.asked.length, 2);
  assert.equal(bench.clock.waiting, 0);
});

Deno.test(
  "[L4] of a slot without the broker, or with half an answer, nothing is told",
  pure,
  async () => {
    const bench = createBench(() => ["a", "b"], { a: 1, b: 2 });
    bench.connected = false;
    await bench.clock.pass(SLOT_MS);
    assert.deepEqual(bench.asked, []);
    bench.connected = true;
    const { inspect } = bench;
    bench.inspect = (queue) => queue === "b" ? Promise.reject(new Error("away")) : inspect(queue);
    await bench.clock.pass(SLOT_MS);
    bench.inspect = inspect;
    await bench.clock.pass(SLOT_MS);
    assert.deepEqual(bench.seen, [[2, { a: 1, b: 2 }]]);
  },
);

Deno.test("[L4] what is answered in a later slot was not seen in this one", pure, async () => {
  const bench = createBench(() => ["a"], { a: 1 });
  const { inspect } = bench;
  const answer = Promise.withResolvers<QueueState>();
  bench.inspect = () => answer.promise;
  await bench.clock.pass(3 * SLOT_MS);
  answer.resolve({ ready: 5 });
  bench.inspect = inspect;
  await bench.clock.pass(SLOT_MS);
  assert.deepEqual(bench.seen, [[3, { a: 1 }]]);
});

Deno.test("[L4] a queue that there is not is looked for less and less often", pure, async () => {
  const ready: Record<string, number> = { a: 0 };
  const bench = createBench(() => ["a", "none"], ready);
  await bench.clock.pass(60 * SLOT_MS);
  const count = (name: string) => bench.asked.filter((queue) => queue === name).length;
  // After 1, 2, 4, 8 slots, and every 12.
  assert.deepEqual([count("a"), count("none")], [60, 8]);
  ready.none = 3;
  await bench.clock.pass(12 * SLOT_MS);
  assert.deepEqual(bench.seen.at(-1)?.[1], { a: 0, none: 3 });
  await bench.clock.pass(SLOT_MS);
  assert.deepEqual(bench.asked.slice(-2), ["a", "none"]);
});

Deno.test("[L4] no more than a hundred queues are looked into, each once", pure, async () => {
  const names = Array.from({ length: 150 }, (_, index) => `q${index}`);
  const bench = createBench(() => ["q0", ...names], { q0: 1 });
  await bench.clock.pass(SLOT_MS);
  assert.deepEqual(bench.asked, names.slice(0, MAX_SAMPLED));
});

Deno.test("[L4] a clock that is corrected stops nothing", pure, async () => {
  const bench = createBench(() => ["a"], { a: 1 });
  await bench.clock.pass(SLOT_MS);
  bench.clock.setBack(3_600_000);
  await bench.clock.pass(2 * SLOT_MS);
  assert.deepEqual(bench.seen.map(([slot]) => slot), [0, -719, -718]);
});
