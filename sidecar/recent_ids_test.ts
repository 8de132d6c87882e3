import assert from "node:assert/strict";
import { RecentIds } from "./recent_ids.ts";

Deno.test({
  name: "[W11] the youngest ids are remembered, as many as there is room for",
  permissions: "none",
  fn: () => {
    const ids = new RecentIds(2);
    for (const id of ["a", "b", "a", "c", "d"]) ids.add(id);
    assert.deepEqual(["a", "b", "c", "d"].map((id) => ids.has(id)), [false, false, true, true]);
  },
});

Deno.test({
  name: "without room nothing is remembered",
  permissions: "none",
  fn: () => {
    const ids = new RecentIds(0);
    ids.add("a");
    assert.equal(ids.has("a"), false);
  },
});
