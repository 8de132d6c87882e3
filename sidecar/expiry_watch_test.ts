import assert from "node:assert/strict";
import { type Expiring, ExpiryWatch } from "./expiry_watch.ts";
import { FakeClock } from "./testing/fake_clock.ts";

interface Named extends Expiring {
  readonly name: string;
}

function given(onExpire: (item: Named, watch: ExpiryWatch<Named>) => void = () => {}) {
  const clock = new FakeClock();
  const items = new Set<Named>();
  const expired: string[] = [];
  const watch: ExpiryWatch<Named> = new ExpiryWatch(clock, items, (item) => {
    expired.push(item.name);
    onExpire(item, watch);
  });
  const add = (name: string, timeMs = 1000) => {
    const item = { name, expiresMs: Infinity };
    items.add(item);
    watch.give(item, timeMs);
    return item;
  };
  return { clock, items, watch, expired, add };
}

const core = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, permissions: "none", fn });

core("each has its whole time, with one timer for all", async () => {
  const { clock, expired, add, items } = given((item) => items.delete(item));
  add("a");
  await clock.pass(400);
  add("b");
  assert.equal(clock.waiting, 1);
  await clock.pass(599);
  assert.deepEqual(expired, []);
  await clock.pass(1);
  assert.deepEqual(expired, ["a"]);
  await clock.pass(400);
  assert.deepEqual(expired, ["a", "b"]);
  assert.equal(clock.waiting, 0);
});

core("what has left does not expire, what is given its time again has all of it", async () => {
  const { clock, watch, expired, add, items } = given();
  const [a, b] = [add("a"), add("b")];
  add("c");
  await clock.pass(500);
  items.delete(a);
  watch.give(b, 1000);
  await clock.pass(500);
  assert.deepEqual(expired, ["c"]);
  await clock.pass(500);
  assert.deepEqual(expired, ["c", "b"]);
});

core("a shorter time is over before a longer one that began earlier", async () => {
  const { clock, expired, add } = given();
  add("long", 5000);
  add("short", 100);
  assert.equal(clock.waiting, 1);
  await clock.pass(100);
  assert.deepEqual(expired, ["short"]);
  await clock.pass(4900);
  assert.deepEqual(expired, ["short", "long"]);
});

core("what has expired may be given more time", async () => {
  const { clock, expired, add } = given((item, watch) => {
    if (expired.length === 1) watch.give(item, 2000);
  });
  add("a");
  await clock.pass(1000);
  assert.deepEqual(expired, ["a"]);
  await clock.pass(2000);
  assert.deepEqual(expired, ["a", "a"]);
  assert.equal(clock.waiting, 0);
});

core("more time for one is no more time for the next", async () => {
  const { clock, expired, add, items } = given((item, watch) => {
    if (expired.length === 1) watch.give(item, 2000);
    else items.delete(item);
  });
  add("a");
  await clock.pass(200);
  add("b");
  await clock.pass(1000);
  assert.deepEqual(expired, ["a", "b"]);
});

core("after a stop there is no timer, until something is given its time", async () => {
  const { clock, watch, expired, items, add } = given();
  add("a");
  watch.stop();
  items.clear();
  assert.equal(clock.waiting, 0);
  await clock.pass(2000);
  assert.deepEqual(expired, []);
  add("b");
  await clock.pass(1000);
  assert.deepEqual(expired, ["b"]);
});

core("a clock that is set forth makes nothing expire early", async () => {
  const { clock, watch, expired, add } = given();
  add("a");
  await clock.pass(900);
  add("b");
  clock.set(3_600_000);
  await clock.pass(100);
  assert.deepEqual(expired, ["a"]);
  watch.stop();
});
