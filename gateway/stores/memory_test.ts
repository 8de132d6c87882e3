import assert from "node:assert/strict";
import { createMemoryStore } from "./memory.ts";
import { entryOf, testStore } from "../testing/store_suite.ts";

testStore("[G9] memory", () => {
  const store = createMemoryStore({ maxJobs: 1_000 });
  return Promise.resolve({ store, close: () => store.close() });
});

Deno.test({
  name: "memory: a full store refuses, until finished jobs are deleted",
  permissions: "none",
  fn: async () => {
    const store = createMemoryStore({ maxJobs: 2 });
    assert.equal(await store.create(entryOf("a")), "stored");
    assert.equal(await store.create(entryOf("b")), "stored");
    assert.equal(await store.create(entryOf("c")), "full");
    assert.equal(await store.read("c"), undefined);
    const { job } = entryOf("a");
    const ended = { ...job, status: "Failed" as const };
    await store.change("a", undefined, () => ({ kind: "changed", job: ended, updates: [] }));
    assert.equal(await store.deleteFinished(Date.parse(job.updatedAt) + 1, 10), 1);
    assert.equal(await store.create(entryOf("c")), "stored");
  },
});

Deno.test({
  name: "memory: large payloads and results fill it, reports are taken all the same",
  permissions: "none",
  fn: async () => {
    const store = createMemoryStore({ maxJobs: 1_000, maxBytes: 3_000 });
    const payload = "x".repeat(1_000);
    assert.equal(await store.create({ ...entryOf("a"), payload, result: payload }), "stored");
    assert.equal(await store.create({ ...entryOf("b"), payload: "" }), "stored");
    const { job } = entryOf("b");
    const end = (result: string) =>
      store.change("b", undefined, () => ({
        kind: "changed",
        job: { ...job, status: "Succeeded" },
        result,
        updates: [],
      }));
    await end(payload);
    assert.equal(await store.create(entryOf("c")), "stored");
    await end("y".repeat(5_000));
    assert.equal(await store.create(entryOf("d")), "full");
    await end("z");
    assert.equal((await store.read("b"))?.result, "z");
    await store.deleteFinished(Date.parse(job.updatedAt) + 1, 10);
    assert.equal(await store.create(entryOf("d")), "stored");
  },
});
