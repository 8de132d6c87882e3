import assert from "node:assert/strict";
import { type Flying, InFlight } from "./in_flight.ts";

const none = { permissions: "none" as const };

const flying = (messageId: string, bytes: number): Flying => ({ messageId, bytes });

Deno.test("messages in flight are counted, also those of one identity", none, () => {
  const inFlight = new InFlight<Flying>();
  const [one, same, other] = [flying("m1", 1), flying("m1", 10), flying("m2", 100)];
  for (const message of [one, same, other]) inFlight.add(message);
  assert.deepEqual([inFlight.size, inFlight.bytes], [3, 111]);
  assert.equal(inFlight.oldest, one);
  assert.deepEqual(inFlight.named("m1"), [one, same]);
  assert.deepEqual(inFlight.named("m3"), []);

  assert.equal(inFlight.delete(one), true);
  assert.equal(inFlight.delete(one), false);
  assert.deepEqual([inFlight.has(one), inFlight.has(same)], [false, true]);
  assert.deepEqual([inFlight.size, inFlight.bytes], [2, 110]);

  assert.deepEqual(inFlight.clear(), [same, other]);
  assert.deepEqual([inFlight.size, inFlight.bytes, inFlight.oldest], [0, 0, undefined]);
});

Deno.test("what is in flight is found by its identity, whenever it came", none, () => {
  const inFlight = new InFlight<Flying>();
  const [one, same, later] = [flying("m1", 1), flying("m1", 1), flying("m1", 1)];
  inFlight.add(one);
  inFlight.add(same);
  assert.deepEqual(inFlight.named("m1"), [one, same]);
  inFlight.add(later);
  inFlight.delete(same);
  assert.deepEqual(inFlight.named("m1"), [one, later]);
  inFlight.delete(one);
  inFlight.delete(later);
  assert.deepEqual(inFlight.named("m1"), []);
  inFlight.add(same);
  assert.deepEqual(inFlight.named("m1"), [same]);
});
