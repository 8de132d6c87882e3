import { applyCancel, applyProgress, type ProgressReport } from "@asya/protocol";
import assert from "node:assert/strict";
import { inTime, poll } from "../../tests/kit/poll.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import { entryOf } from "../testing/store_suite.ts";
import type { EndOfFeed, Following, Reader, Slice } from "./feed.ts";
import { Followers, readToEnd } from "./follow.ts";

const report: ProgressReport = {
  step: "a",
  stepIndex: 0,
  totalSteps: 2,
  status: "processing",
  actorName: "a",
  message: "",
};

/** Takes what it is given, and asks for more when it is told to. */
class TestReader implements Reader {
  readonly wantsResult = true;
  readonly slices: Slice[] = [];
  ended: EndOfFeed | undefined;
  following: Following | undefined;
  readonly #isEager: boolean;

  constructor(isEager: boolean) {
    this.#isEager = isEager;
  }

  get seqs(): number[] {
    return this.slices.flatMap(({ updates }) => updates.map(({ seq }) => seq));
  }

  take(slice: Slice): void {
    this.slices.push(slice);
    if (this.#isEager) this.following?.ask();
  }

  end(why: EndOfFeed): void {
    this.ended = why;
  }
}

async function createBench() {
  const store = createMemoryStore({ maxJobs: 10 });
  const clock = new FakeClock();
  await store.create(entryOf("j1"));
  const reads: { readonly after: number; readonly limit: number }[] = [];
  const watched = { count: 0 };
  const faults: unknown[] = [];
  const errors: unknown[] = [];
  let seq = 0;
  const followers = new Followers({
    source: {
      async updatesAfter(jobId, after, limit) {
        reads.push({ after, limit });
        const updates = await store.updatesAfter(jobId, after, limit);
        if (faults.length > 0) throw faults.shift();
        return updates;
      },
      watch(jobId, listener) {
        watched.count++;
        const unwatch = store.watch(jobId, listener);
        return () => {
          watched.count--;
          unwatch();
        };
      },
    },
    readResult: async (jobId) => (await store.read(jobId))?.result ?? "none",
    onError: (error) => errors.push(error),
    clock,
  });
  const now = new Date("2026-01-01T00:00:01Z");
  return {
    store,
    clock,
    followers,
    reads,
    watched,
    faults,
    errors,
    progress: (partial = "") =>
      store.change(
        "j1",
        undefined,
        (state) => applyProgress(state, { ...report, partial, seq: seq++ }, now),
      ),
    end: () => store.change("j1", undefined, ({ job }) => applyCancel(job, now)),
    attach(after = 0, isEager = true): TestReader {
      const reader = new TestReader(isEager);
      reader.following = followers.attach("j1", after, reader);
      reader.following.ask();
      return reader;
    },
  };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `follow: ${name}`, permissions: "none", fn });
}

test("[G5] many at one place share one read, and are given the same", async () => {
  const { attach, progress, end, reads, watched } = await createBench();
  const readers = Array.from({ length: 1_000 }, () => attach());
  await settle();
  assert.deepEqual(reads, [{ after: 0, limit: 32 }]);
  assert.equal(watched.count, 1);
  await progress();
  await settle();
  assert.deepEqual(reads.slice(1), [{ after: 0, limit: 32 }]);
  await end();
  await settle();
  assert.deepEqual(reads.slice(2), [{ after: 1, limit: 32 }]);
  for (const { slices, seqs, ended } of readers) {
    assert.deepEqual(seqs, [1, 2]);
    assert.equal(slices[1], readers[0]?.slices[1]);
    assert.equal(ended, "complete");
  }
  assert.equal(readers[0]?.slices[0]?.result, undefined);
  assert.equal(readers[0]?.slices[1]?.result, "none");
  assert.equal(watched.count, 0);
});

test("[G5] news that come while the store is read are not missed", async () => {
  const { attach, progress, store } = await createBench();
  const { updatesAfter } = store;
  let reads = 0;
  store.updatesAfter = async (...args) => {
    const updates = await updatesAfter.apply(store, args);
    if (reads++ === 0) await progress();
    return updates;
  };
  const reader = attach();
  await settle();
  assert.deepEqual(reader.seqs, [1]);
});

test("[G5] who comes between news and the answer to an older question sees the news", async () => {
  const { attach, progress, store } = await createBench();
  const { updatesAfter } = store;
  const gate = Promise.withResolvers<void>();
  let reads = 0;
  store.updatesAfter = async (...args) => {
    const isFirst = reads++ === 0;
    const updates = await updatesAfter.apply(store, args);
    if (isFirst) await gate.promise;
    return updates;
  };
  const first = attach();
  await progress();
  const second = attach();
  await settle();
  assert.deepEqual([first.seqs, second.seqs], [[], [1]]);
  gate.resolve();
  await settle();
  assert.deepEqual(first.seqs, [1]);
});

test("[G5] nothing is given to who has not asked, and everything when it asks", async () => {
  const { attach, progress, end } = await createBench();
  const slow = attach(0, false);
  await settle();
  await progress();
  await settle();
  for (let count = 0; count < 39; count++) await progress();
  await end();
  await settle();
  assert.deepEqual(slow.seqs, [1]);
  for (let asks = 0; asks < 2; asks++) {
    slow.following?.ask();
    slow.following?.ask();
    await settle();
  }
  assert.deepEqual(slow.seqs, Array.from({ length: 41 }, (_, index) => index + 1));
  assert.deepEqual(slow.slices.map(({ updates }) => updates.length), [1, 32, 8]);
  assert.equal(slow.ended, "complete");
});

test("large updates come in slices of their size, and few are read in vain", async () => {
  const { attach, progress, reads } = await createBench();
  for (let count = 0; count < 20; count++) await progress("x".repeat(30_000));
  const reader = attach();
  await settle();
  await settle();
  assert.deepEqual(reader.seqs, Array.from({ length: 20 }, (_, index) => index + 1));
  assert(reader.slices.every(({ updates }) => updates.length <= 2));
  assert.equal(reads[0]?.limit, 32);
  assert(reads.slice(1).every(({ limit }) => limit <= 4), JSON.stringify(reads));
});

test("one update may be larger than a slice", async () => {
  const { attach, progress } = await createBench();
  for (let count = 0; count < 3; count++) await progress("x".repeat(200_000));
  const reader = attach();
  await settle();
  assert.deepEqual(reader.slices.map(({ updates }) => updates.length), [1, 1, 1]);
});

test("a store that fails is asked again, and nobody is let go meanwhile", async () => {
  const { attach, progress, faults, errors, clock, reads } = await createBench();
  const [first, second] = [attach(), attach()];
  await settle();
  faults.push(new Error("away"), new Error("still away"));
  await progress();
  await settle();
  assert.deepEqual([first.seqs, errors.length, reads.length], [[], 1, 2]);
  await clock.pass(2_000);
  assert.deepEqual([first.seqs, second.seqs], [[1], [1]]);
  assert.deepEqual([first.ended, errors.length, reads.length], [undefined, 2, 4]);
});

test("who leaves while the store is away is not waited for", async () => {
  const { attach, faults, clock, reads, watched } = await createBench();
  faults.push(new Error("away"));
  const reader = attach();
  await settle();
  reader.following?.close();
  await clock.pass(5_000);
  assert.deepEqual([reads.length, watched.count, reader.ended], [1, 0, undefined]);
});

test("a job that is deleted ends its readers", async () => {
  const { attach, end, store, clock } = await createBench();
  await end();
  const reader = attach(1);
  await settle();
  assert.equal(reader.ended, undefined);
  await store.deleteFinished(clock.now() + 60_000, 10);
  await settle();
  assert.equal(reader.ended, "gone");
});

test("closing ends whoever waits, and those who come later", async () => {
  const { followers, attach } = await createBench();
  const reader = attach();
  const follower = followers.follow("j1");
  const next = follower.next();
  followers.close();
  assert.equal(await inTime("the end", next), "over");
  assert.equal(reader.ended, "released");
  assert.equal(await inTime("the end", followers.follow("j1").next()), "over");
  assert.equal(attach().ended, "released");
});

test("a reader in a loop gets every update, and who has gone away stops", async () => {
  const { followers, progress, end, watched } = await createBench();
  const seqs: number[] = [];
  const note = ({ seq }: { readonly seq: number }) => Promise.resolve(void seqs.push(seq));
  const reading = readToEnd(followers.follow("j1"), note);
  await progress();
  await poll("the first update", () => seqs.length === 1);
  const gone = new AbortController();
  const left = readToEnd(followers.follow("j1", 1), note, gone.signal);
  gone.abort();
  await inTime("one who leaves", left);
  await inTime("one who had left", readToEnd(followers.follow("j1"), note, gone.signal));
  await end();
  await inTime("the end", reading);
  assert.deepEqual(seqs, [1, 2]);
  assert.equal(watched.count, 0);
});
