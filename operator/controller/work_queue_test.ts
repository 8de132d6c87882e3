import assert from "node:assert/strict";
import { FakeClock } from "./testing/fake_clock.ts";
import { WorkQueue } from "./work_queue.ts";

const permissions = "none";

function createQueue() {
  const clock = new FakeClock(0);
  const backoff = { baseMs: 100, maxMs: 1_000 };
  return { clock, queue: new WorkQueue({ clock, random: () => 1, backoff }) };
}

/** Takes all keys that wait, in their order, and gives them back. */
async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = await queue.take();
    assert(key !== undefined);
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

Deno.test({
  name: "[F1] a key waits once, and keys are taken in the order in which they came",
  permissions,
  fn: async () => {
    const { queue } = createQueue();
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
    assert.equal(queue.depth, 3);
    assert.deepEqual(await takeAll(queue), ["a", "b", "c"]);
  },
});

Deno.test({
  name: "[F1] a key that comes while it is worked on is worked on once more, and not beside that",
  permissions,
  fn: async () => {
    const { queue } = createQueue();
    queue.add("a");
    assert.equal(await queue.take(), "a");
    queue.add("a");
    queue.add("a");
    let second: string | undefined;
    const taking = queue.take().then((key) => second = key);
    await Promise.resolve();
    assert.equal(second, undefined);
    queue.done("a");
    await taking;
    assert.equal(second, "a");
    queue.done("a");
    assert.equal(queue.depth, 0);
  },
});

Deno.test({
  name: "[F2] a key that fails waits longer each time, up to a limit, and for itself alone",
  permissions,
  fn: async () => {
    const { clock, queue } = createQueue();
    const waits = [1, 2, 3, 4, 5, 6].map(() => queue.retry("a"));
    assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000]);
    assert.equal(queue.retry("b"), 100);
    queue.forget("a");
    assert.equal(queue.retry("a"), 100);
    clock.pass(99);
    assert.equal(queue.depth, 0);
    clock.pass(1);
    assert.deepEqual(await takeAll(queue), ["a", "b"]);
  },
});

Deno.test({
  name: "[F2] a key waits at least as long as somebody said",
  permissions,
  fn: () => {
    const { clock, queue } = createQueue();
    assert.equal(queue.retry("a", 5_000), 5_000);
    clock.pass(4_999);
    assert.equal(queue.depth, 0);
    clock.pass(1);
    assert.equal(queue.depth, 1);
  },
});

Deno.test({
  name: "the earlier of two times counts, and what comes at once needs no time any more",
  permissions,
  fn: async () => {
    const { clock, queue } = createQueue();
    queue.addAfter("a", 500);
    queue.addAfter("a", 100);
    queue.addAfter("a", 300);
    clock.pass(100);
    assert.deepEqual(await takeAll(queue), ["a"]);
    clock.pass(1_000);
    assert.equal(queue.depth, 0);
    queue.addAfter("b", 100);
    queue.add("b");
    assert.deepEqual(await takeAll(queue), ["b"]);
    clock.pass(1_000);
    assert.equal(queue.depth, 0);
  },
});

Deno.test({
  name: "a queue that closes lets everybody go, and takes nothing more",
  permissions,
  fn: async () => {
    const { clock, queue } = createQueue();
    const waiting = [queue.take(), queue.take()];
    queue.addAfter("a", 100);
    queue.close();
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined]);
    queue.add("b");
    clock.pass(1_000);
    assert.equal(queue.depth, 0);
    assert.equal(await queue.take(), undefined);
  },
});

Deno.test({
  name: "whoever waits is served in turn",
  permissions,
  fn: async () => {
    const { queue } = createQueue();
    const takers = [queue.take(), queue.take()];
    queue.add("a");
    queue.add("b");
    assert.deepEqual(await Promise.all(takers), ["a", "b"]);
    assert.equal(queue.working, 2);
  },
});
