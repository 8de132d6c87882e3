import assert from "node:assert/strict";
import { FakeClock } from "./testing/fake_clock.ts";
import { Leader, type LeaderEvent } from "./leader.ts";
import { MemoryLeaseStore } from "./testing/memory_lease_store.ts";
import { WriteFence } from "./write_fence.ts";

const permissions = "none";

/** A replica with a wall clock of its own, which may be wrong by years. */
class Replica {
  readonly events: LeaderEvent[] = [];
  readonly fence: WriteFence;
  readonly leader: Leader;
  isCutOff = false;
  readonly #stop = new AbortController();
  readonly #ran: Promise<void>;

  constructor(identity: string, store: MemoryLeaseStore, clock: FakeClock, wrongByMs = 0) {
    const own = {
      now: () => clock.now() + wrongByMs,
      elapsed: () => clock.elapsed(),
      after: clock.after.bind(clock),
    };
    this.fence = new WriteFence(own);
    this.leader = new Leader({
      ...{ identity, fence: this.fence, durationMs: 15_000, clock: own, random: () => 0.5 },
      store: store.seenBy(() => this.isCutOff),
      tell: (event) => this.events.push(event),
    });
    this.#ran = this.leader.run(this.#stop.signal);
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** Whether it may write now. */
  get mayWrite(): boolean {
    return this.fence.leftMs() > 0;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ran;
  }

  async release(): Promise<void> {
    this.#stop.abort();
    await this.#ran;
    await this.leader.release();
  }
}

/** Lets time pass in small steps, so that what follows from one has happened before the next. */
async function pass(clock: FakeClock, ms: number, check = () => {}): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    clock.pass(250);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    check();
  }
}

function createScene(wrongByMs = 0) {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00Z"));
  const store = new MemoryLeaseStore();
  const one = new Replica("one", store, clock);
  const other = new Replica("other", store, clock, wrongByMs);
  const never = () => assert(!(one.mayWrite && other.mayWrite), "two may write");
  return { clock, store, one, other, never };
}

Deno.test({
  name: "[F3] one of two replicas leads, and goes on leading",
  permissions,
  fn: async () => {
    const { clock, store, one, other, never } = createScene();
    await pass(clock, 120_000, never);
    assert.deepEqual(one.kinds, ["leading"]);
    assert.deepEqual(other.kinds.slice(-1), ["following"]);
    assert.equal(store.record?.holder, "one");
    assert.equal(store.record?.transitions, 0);
    assert(one.mayWrite && !other.mayWrite);
    await Promise.all([one.stop(), other.stop()]);
  },
});

for (const wrongByMs of [0, 3_600_000, -3_600_000]) {
  Deno.test({
    name:
      `[F3] a replica that dies is replaced in 20 s, with a clock that is wrong by ${wrongByMs}`,
    permissions,
    fn: async () => {
      const { clock, one, other, never } = createScene(wrongByMs);
      await pass(clock, 30_000, never);
      one.isCutOff = true;
      await one.stop();
      const atMs = clock.elapsed();
      while (!other.mayWrite && clock.elapsed() - atMs < 60_000) await pass(clock, 250, never);
      assert(clock.elapsed() - atMs < 20_000, `took ${clock.elapsed() - atMs} ms`);
      assert.deepEqual(other.kinds.slice(-1), ["leading"]);
      await other.stop();
    },
  });
}

Deno.test({
  name:
    "[F3] a replica that is cut off stops writing before another begins, and does not come back",
  permissions,
  fn: async () => {
    const { clock, one, other, never } = createScene();
    await pass(clock, 30_000, never);
    one.isCutOff = true;
    const atMs = clock.elapsed();
    while (one.mayWrite) await pass(clock, 250, never);
    assert(clock.elapsed() - atMs <= 10_250, `wrote for ${clock.elapsed() - atMs} ms`);
    assert.equal(await one.leader.lost, "it was not renewed in time");
    await pass(clock, 30_000, never);
    one.isCutOff = false;
    await pass(clock, 30_000, never);
    assert(other.mayWrite && !one.mayWrite);
    await Promise.all([one.stop(), other.stop()]);
  },
});

Deno.test({
  name: "[F3] a lease that is given back is taken at the next look",
  permissions,
  fn: async () => {
    const { clock, store, one, other, never } = createScene();
    await pass(clock, 30_000, never);
    await one.release();
    assert(!one.mayWrite);
    assert.equal(store.record?.holder, "");
    await pass(clock, 2_500, never);
    assert(other.mayWrite);
    assert.equal(store.record?.holder, "other");
    assert.equal(store.record?.transitions, 1);
    await other.stop();
  },
});

Deno.test({
  name: "[F3] a renewal whose answer is lost is found to have been made",
  permissions,
  fn: async () => {
    const { clock, store, one, other, never } = createScene();
    await pass(clock, 30_000, never);
    store.losesNextAnswer = true;
    await pass(clock, 30_000, never);
    assert(one.mayWrite);
    assert.deepEqual(one.kinds, ["leading", "lease_failed", "lease_failed"]);
    await Promise.all([one.stop(), other.stop()]);
  },
});

Deno.test({
  name: "[F3] somebody who takes the lease by hand is believed at once",
  permissions,
  fn: async () => {
    const { clock, store, one, other } = createScene();
    await pass(clock, 30_000);
    assert(store.record);
    store.record = { ...store.record, holder: "somebody", resourceVersion: "by hand" };
    await pass(clock, 3_000);
    assert.equal(await one.leader.lost, "somebody has it");
    assert(!one.mayWrite);
    await Promise.all([one.stop(), other.stop()]);
  },
});

Deno.test({
  name: "[F3] a lease that somebody emptied or filled by hand can be taken and renewed",
  permissions,
  fn: async () => {
    const { clock, store, one, other } = createScene();
    const most = 2_147_483_647;
    const nothing = { durationSeconds: 0, acquireTime: "", renewTime: "" };
    store.record = { ...nothing, holder: "", transitions: most, resourceVersion: "x" };
    await pass(clock, 5_000);
    assert(one.mayWrite || other.mayWrite);
    store.record = { ...store.record, acquireTime: "", resourceVersion: "y" };
    await pass(clock, 30_000);
    assert(one.mayWrite || other.mayWrite);
    assert.match(store.record.acquireTime, /^2026-/);
    assert.equal(store.record.transitions, most);
    await Promise.all([one.stop(), other.stop()]);
  },
});

Deno.test({
  name: "a lease that somebody deletes is made again by who leads",
  permissions,
  fn: async () => {
    const { clock, store, one, other, never } = createScene();
    await pass(clock, 30_000, never);
    store.record = undefined;
    await pass(clock, 6_000, never);
    assert.equal(store.record !== undefined, true);
    assert.equal([one, other].filter(({ mayWrite }) => mayWrite).length, 1);
    await Promise.all([one.stop(), other.stop()]);
  },
});

Deno.test({
  name: "[F3] a server that is away for a moment costs nobody the lead",
  permissions,
  fn: async () => {
    const { clock, store, one, other, never } = createScene();
    await pass(clock, 30_000, never);
    store.isAway = true;
    await pass(clock, 7_000, never);
    store.isAway = false;
    await pass(clock, 30_000, never);
    assert(one.mayWrite);
    assert.equal(store.record?.transitions, 0);
    await Promise.all([one.stop(), other.stop()]);
  },
});
