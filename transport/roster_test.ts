import assert from "node:assert/strict";
import { Roster } from "./roster.ts";

const none = { permissions: "none" as const };

Deno.test("things stay in the order in which they came, whichever leave", none, () => {
  const roster = new Roster<number>();
  for (const item of [1, 2, 3, 4]) roster.add(item);
  assert.deepEqual([roster.size, roster.first], [4, 1]);
  for (const item of [1, 3]) assert.equal(roster.delete(item), true);
  assert.equal(roster.delete(3), false);
  assert.deepEqual([...roster], [2, 4]);
  assert.deepEqual([roster.has(4), roster.has(3)], [true, false]);
  assert.equal(roster.find((item) => item > 2), 4);
  assert.equal(roster.find((item) => item > 4), undefined);
});

Deno.test("a roster that is cleared gives what was in it and can be used again", none, () => {
  const roster = new Roster<string>();
  roster.add("a");
  assert.deepEqual(roster.clear(), ["a"]);
  assert.deepEqual([roster.size, roster.first, [...roster]], [0, undefined, []]);
  roster.add("b");
  assert.deepEqual([...roster], ["b"]);
});
