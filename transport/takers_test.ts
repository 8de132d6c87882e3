import assert from "node:assert/strict";
import { Taker, Takers } from "./takers.ts";
import type { Delivery } from "./transport.ts";

const none = { permissions: "none" as const };

function taker(prefetch: number): Taker {
  return new Taker({ prefetch, onDelivery: () => {} });
}

const delivery: Delivery = {
  queue: "a",
  body: new Uint8Array(),
  headers: {},
  redelivered: false,
  ack: () => Promise.resolve(),
  requeue: () => Promise.resolve(),
};

Deno.test("[D14] takers are served in turn, each up to its prefetch", none, () => {
  const takers = new Takers<Taker>();
  const [one, two, three] = [taker(1), taker(3), taker(2)];
  for (const each of [one, two, three]) takers.add(each);
  assert.equal(takers.free, 6);
  const served: (Taker | undefined)[] = [];
  for (let next = takers.next(); next; next = takers.next()) {
    next.hand(delivery);
    served.push(next);
  }
  assert.deepEqual(served, [one, two, three, two, three, two]);
  assert.equal(takers.free, 0);
  two.held -= 1;
  assert.equal(takers.next(), two);
});

Deno.test("who is paused or removed is passed over", none, () => {
  const takers = new Takers<Taker>();
  const [one, two] = [taker(2), taker(2)];
  takers.add(one);
  takers.add(two);
  one.paused = true;
  assert.equal(takers.free, 2);
  assert.equal(takers.next(), two);
  takers.remove(two);
  takers.remove(two);
  assert.equal(takers.size, 1);
  assert.equal(takers.next(), undefined);
  one.paused = false;
  assert.equal(takers.next(), one);
});

for (const prefetch of [0, -1, 1.5, NaN, Infinity]) {
  Deno.test(`a prefetch of ${prefetch} is refused`, none, () => {
    assert.throws(() => taker(prefetch), /prefetch is .*; allowed: a whole number, 1 or more/);
  });
}
