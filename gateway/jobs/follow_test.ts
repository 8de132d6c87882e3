import assert from "node:assert/strict";
import { applyProgress, type ProgressReport } from "@asya/protocol";
import { Followers, JobFollower, readToEnd } from "./follow.ts";
import { jobStream } from "../http/job_stream.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { entryOf } from "../testing/store_suite.ts";

const report: ProgressReport = {
  step: "a",
  stepIndex: 0,
  totalSteps: 2,
  status: "received",
  actorName: "a",
  message: "",
};

async function createBench() {
  const store = createMemoryStore({ maxJobs: 10 });
  const { job } = entryOf("j1");
  await store.create(entryOf("j1"));
  const progress = () =>
    store.change(
      "j1",
      undefined,
      (state) => applyProgress(state, report, new Date("2026-01-01T00:00:01Z")),
    );
  return { store, job, progress };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `follow: ${name}`, permissions: "none", fn });
}

test("a silent job is idle, and news wake the reader", async () => {
  const { store, progress } = await createBench();
  const follower = new JobFollower(store, "j1");
  assert.equal(await follower.next(1), "idle");
  const next = follower.next(60_000);
  await progress();
  const updates = await next;
  assert(typeof updates === "object");
  assert.deepEqual(updates.map(({ seq }) => seq), [1]);
  follower.close();
  assert.equal(await follower.next(60_000), "over");
});

test("news that come while the store is read are not missed", async () => {
  const { store, progress } = await createBench();
  const { updatesAfter } = store;
  let reads = 0;
  store.updatesAfter = async (...args) => {
    const updates = await updatesAfter.apply(store, args);
    if (reads++ === 0) await progress();
    return updates;
  };
  const follower = new JobFollower(store, "j1");
  assert.notEqual(await follower.next(60_000), "idle");
  follower.close();
});

test("closing wakes whoever waits, and those who come later", async () => {
  const { store } = await createBench();
  const followers = new Followers(store);
  const follower = followers.follow("j1");
  const next = follower.next(60_000);
  followers.close();
  assert.equal(await next, "over");
  assert.equal(await followers.follow("j1").next(60_000), "over");
});

test("a reader who has gone away stops reading", async () => {
  const { store } = await createBench();
  const gone = new AbortController();
  const read = readToEnd(new JobFollower(store, "j1"), () => Promise.resolve(), gone.signal);
  gone.abort();
  await read;
  await readToEnd(new JobFollower(store, "j1"), () => Promise.resolve(), gone.signal);
});

test("a stream that is silent for too long says that it is alive", async () => {
  const { store, job } = await createBench();
  const follower = new JobFollower(store, "j1");
  const readResult = () => Promise.resolve(undefined);
  const stream = jobStream({ job, isSeen: false, follower, readResult, keepAliveMs: 1 });
  assert.equal((await stream.next()).value, "event: status\ndata: Pending\n\n");
  assert.equal((await stream.next()).value, ": keep-alive\n\n");
  assert.equal((await stream.next()).value, ": keep-alive\n\n");
  follower.close();
  assert.equal((await stream.next()).done, true);
});
