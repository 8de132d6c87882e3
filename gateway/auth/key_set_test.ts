import assert from "node:assert/strict";
import { exportJWK, generateKeyPair } from "jose";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import {
  COOLDOWN_MS,
  FRESH_MS,
  KeySet,
  type KeysEvent,
  RENEW_MS,
  RETRY_MS,
  TRUSTED_MS,
} from "./key_set.ts";

const key = async () => await exportJWK((await generateKeyPair("ES256")).publicKey);
const ONE = { keys: [await key()] };
const TWO = { keys: [...ONE.keys, await key()] };

/** A key set whose publisher does as the test says. */
function createBench() {
  const clock = new FakeClock();
  const events: KeysEvent[] = [];
  const publisher = { keys: ONE as unknown, isAway: false, asked: 0 };
  const fetchKeys = async () => {
    publisher.asked++;
    // As a connection would, it answers later.
    await settle();
    if (publisher.isAway) throw new Error("connection refused");
    return publisher.keys;
  };
  const keys = new KeySet({ fetchKeys, clock, emit: (event) => events.push(event) });
  return { keys, clock, events, publisher };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

test("key set: read once, by however many it is needed", async () => {
  const { keys, publisher, events } = createBench();
  assert.equal(keys.current(), undefined);
  const loaded = await Promise.all(Array.from({ length: 5 }, () => keys.load()));
  assert.equal(publisher.asked, 1);
  assert.equal(new Set(loaded).size, 1);
  assert.equal(keys.current(), loaded[0]);
  assert.deepEqual(events, [{ kind: "loaded", count: 1 }]);
});

test("key set: older keys are read again behind an answer, old ones before it", async () => {
  const { keys, clock, publisher, events } = createBench();
  const first = await keys.load();
  await clock.pass(RENEW_MS);
  assert.equal(keys.current(), first);
  await clock.pass(0);
  assert.equal(publisher.asked, 2);
  assert.equal(keys.current(), first, "nothing has changed");
  publisher.keys = TWO;
  await clock.pass(RENEW_MS);
  assert.equal(keys.current(), first);
  await clock.pass(0);
  const second = keys.current();
  assert.notEqual(second, first);
  publisher.keys = ONE;
  await clock.pass(FRESH_MS);
  assert.equal(keys.current(), undefined, "a key may have been withdrawn meanwhile");
  assert.notEqual(await keys.load(), second);
  assert.deepEqual(events.map((event) => event.kind === "loaded" && event.count), [1, 2, 1]);
});

test("key set: a key that is not known is looked for, but not again and again", async () => {
  const { keys, clock, publisher } = createBench();
  const first = await keys.load();
  assert(first);
  publisher.keys = TWO;
  assert.equal(await keys.renew(first), "same");
  assert.equal(publisher.asked, 1);
  await clock.pass(COOLDOWN_MS);
  const [renewed, other] = await Promise.all([keys.renew(first), keys.renew(first)]);
  assert.notEqual(renewed, first);
  assert.equal(renewed, other);
  assert(renewed && renewed === keys.current());
  assert.equal(await keys.renew(first), renewed, "somebody else has found it meanwhile");
  for (let count = 0; count < 100; count++) assert.equal(await keys.renew(renewed), "same");
  await clock.pass(COOLDOWN_MS);
  assert.equal(await keys.renew(renewed), "same");
  assert.equal(publisher.asked, 3);
});

test("[A7] key set: a publisher that is away is asked now and then, and its keys hold for an hour", async () => {
  const { keys, clock, publisher, events } = createBench();
  publisher.isAway = true;
  for (let count = 0; count < 10; count++) assert.equal(await keys.load(), undefined);
  assert.equal(publisher.asked, 1);
  assert.deepEqual(events, [{ kind: "away", reason: "connection refused" }]);
  await clock.pass(RETRY_MS);
  publisher.isAway = false;
  const first = await keys.load();
  assert(first);

  publisher.isAway = true;
  await clock.pass(FRESH_MS);
  assert.equal(keys.current(), undefined, "nobody knows yet that it is away");
  assert.equal(await keys.load(), first);
  assert.equal(keys.current(), first);
  assert.equal(await keys.renew(first), undefined, "nobody can say whether there is such a key");
  await clock.pass(TRUSTED_MS - FRESH_MS - 1);
  assert.equal(keys.current(), first);
  await clock.pass(1);
  assert.equal(keys.current(), undefined);
  publisher.isAway = false;
  await clock.pass(RETRY_MS);
  assert.equal(await keys.load(), first);
});

test("key set: what is no set of keys is as good as none", async () => {
  for (const published of [null, {}, [], "keys", { keys: {} }, { keys: [1] }]) {
    const { keys, publisher, events } = createBench();
    publisher.keys = published;
    assert.equal(await keys.load(), undefined, JSON.stringify(published));
    assert.deepEqual(events.map(({ kind }) => kind), ["away"]);
  }
});
