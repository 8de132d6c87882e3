import assert from "node:assert/strict";
import { fullestShare, hash, movedShare, type Shard, SHARDINGS } from "./shards.ts";

const none = { permissions: "none" } as const;
const keys = Array.from({ length: 20_000 }, (_, number) => `job-${number}`);

function shards(count: number, weight = 1): Shard[] {
  return Array.from({ length: count }, (_, number) => ({ name: `ocr-${number}`, weight }));
}

Deno.test("shards: a key has one shard, among those there are", none, () => {
  const names = new Set(shards(5).map(({ name }) => name));
  for (const [way, create] of Object.entries(SHARDINGS)) {
    const [find, again] = [create(shards(5)), create(shards(5))];
    const found = new Set(keys.map(find));
    assert.deepEqual(found, names, way);
    assert.ok(keys.every((key) => find(key) === again(key)), way);
  }
});

Deno.test("shards: one more moves its due, only modulo moves nearly all", none, () => {
  for (const [way, create] of Object.entries(SHARDINGS)) {
    const moved = movedShare(create(shards(4)), create(shards(5)), keys);
    // One of five has to move; a ring of a hundred points is uneven.
    const due = way === "modulo" ? 0.8 : 0.2;
    assert.ok(Math.abs(moved - due) < 0.05, `${way}: ${moved}`);
  }
});

Deno.test("shards: one that goes from the middle moves its own, but jump hash more", none, () => {
  const left = shards(5).filter(({ name }) => name !== "ocr-1");
  for (const [way, create] of Object.entries(SHARDINGS)) {
    const [before, after] = [create(shards(5)), create(left)];
    const moved = movedShare(before, after, keys);
    const own = keys.filter((key) => before(key) === "ocr-1").length / keys.length;
    if (way === "hash ring" || way === "rendezvous") assert.equal(moved, own, way);
    else assert.ok(moved > 1.5 * own, `${way}: ${moved}`);
  }
});

Deno.test("shards: weights are kept", none, () => {
  const uneven = [{ name: "small", weight: 1 }, { name: "large", weight: 3 }];
  for (const [way, create] of Object.entries(SHARDINGS)) {
    const fullest = fullestShare(create(uneven), uneven, keys);
    assert.ok(fullest < (way === "hash ring" ? 1.4 : 1.06), `${way}: ${fullest}`);
  }
});

Deno.test(
  "shards: a weight that grows takes from the others and gives to nobody else",
  none,
  () => {
    const heavier = shards(4).map((shard, number) =>
      number === 0 ? { ...shard, weight: 2 } : shard
    );
    for (const way of ["hash ring", "rendezvous"] as const) {
      const [before, after] = [SHARDINGS[way](shards(4)), SHARDINGS[way](heavier)];
      const moved = keys.filter((key) => before(key) !== after(key));
      assert.ok(moved.length > 0);
      assert.ok(moved.every((key) => after(key) === "ocr-0"), way);
    }
  },
);

Deno.test("shards: hashes are spread evenly over their range", none, () => {
  const buckets = Array<number>(64).fill(0);
  for (const key of keys) buckets[hash(key) >>> 26]! += 1;
  const due = keys.length / 64;
  const chiSquare = buckets.reduce((sum, count) => sum + (count - due) ** 2 / due, 0);
  // 99.9 % of all even spreads over 64 buckets are below.
  assert.ok(chiSquare < 104, `chi-square is ${chiSquare}`);
});
