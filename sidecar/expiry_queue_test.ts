import assert from "node:assert/strict";
import { ExpiryQueue } from "./expiry_queue.ts";
import { FakeClock } from "./testing/fake_clock.ts";

function given(): { clock: FakeClock; queue: ExpiryQueue<string>; expired: string[] } {
  const clock = new FakeClock();
  const expired: string[] = [];
  const queue = new ExpiryQueue<string>(clock, 1000, (key) => expired.push(key));
  return { clock, queue, expired };
}

const core = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, permissions: "none", fn });

core("each key has its whole time, with one timer for all", async () => {
  const { clock, queue, expired } = given();
  queue.add("a");
  await clock.pass(400);
  queue.add("b");
  assert.equal(clock.waiting, 1);
  await clock.pass(599);
  assert.deepEqual(expired, []);
  await clock.pass(1);
  assert.deepEqual(expired, ["a"]);
  await clock.pass(400);
  assert.deepEqual(expired, ["a", "b"]);
  assert.equal(clock.waiting, 0);
});

core("a deleted key does not expire, one that is added again begins anew", async () => {
  const { clock, queue, expired } = given();
  for (const key of ["a", "b", "c"]) queue.add(key);
  await clock.pass(500);
  queue.delete("a");
  queue.add("b");
  await clock.pass(500);
  assert.deepEqual(expired, ["c"]);
  await clock.pass(500);
  assert.deepEqual(expired, ["c", "b"]);
});

core("after a clear there is neither key nor timer", async () => {
  const { clock, queue, expired } = given();
  queue.add("a");
  queue.clear();
  assert.equal(clock.waiting, 0);
  await clock.pass(2000);
  assert.deepEqual(expired, []);
  queue.add("b");
  await clock.pass(1000);
  assert.deepEqual(expired, ["b"]);
});

core("a key may be added while another one expires", async () => {
  const clock = new FakeClock();
  const expired: string[] = [];
  const queue: ExpiryQueue<string> = new ExpiryQueue(clock, 1000, (key) => {
    expired.push(key);
    if (key === "a") queue.add("b");
  });
  queue.add("a");
  await clock.pass(2000);
  assert.deepEqual(expired, ["a", "b"]);
});

core("a clock that is set forth makes nothing expire early", async () => {
  const { clock, queue, expired } = given();
  queue.add("a");
  await clock.pass(900);
  queue.add("b");
  clock.set(3_600_000);
  await clock.pass(100);
  assert.deepEqual(expired, ["a"]);
  queue.clear();
});
