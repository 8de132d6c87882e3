import { createMemoryBroker } from "@asya/transport";
import assert from "node:assert/strict";
import type { LetterQueue } from "../dead_letters/dead_letters.ts";
import { createMemoryStore } from "../stores/memory.ts";
import type { Store } from "../stores/store.ts";
import { StoreError } from "../stores/store_error.ts";
import { createTestGateway, type TestGateway, YAML_ENV } from "../testing/test_gateway.ts";

const TOOLS = "tools: [{ name: scan, route: [a, b] }, { name: other, route: [b, c] }]";
const yaml = { permissions: { env: YAML_ENV } } as const;

/** The overview of a gateway, without the slots in which nothing happened. */
async function overviewOf({ get }: TestGateway) {
  const response = await get("/overview");
  const overview = await response.json();
  assert.equal(response.status, 200, JSON.stringify(overview));
  return overview;
}

const sum = (counts: readonly number[]) => counts.reduce((one, other) => one + other, 0);

async function runOne(bench: TestGateway): Promise<string> {
  const id = await bench.call("scan");
  const step = { total_steps: 2, actor_name: "a-1" };
  const completed = { ...step, step: "a", step_index: 0, status: "completed", duration_ms: 1_250 };
  await bench.post(`/jobs/${id}/progress`, completed);
  return id;
}

Deno.test(
  "[L4] an overview counts jobs and what actors do, of all gateways of a store",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    const transport = createMemoryBroker().connect();
    await transport.declare(["a", "dead-letter-queue"]);
    const letter = { queue: "dead-letter-queue", body: new Uint8Array([1]), messageId: "m" };
    await transport.publish([letter, { ...letter, queue: "a" }]);
    const [one, other] = [0, 1].map(() =>
      createTestGateway({ tools: TOOLS, store, letters: transport })
    );
    assert(one && other);
    const [succeeds, fails] = [await runOne(one), await runOne(other)];
    await one.post(`/jobs/${succeeds}/final`, { status: "succeeded", result: 1 });
    await one.post(`/jobs/${fails}/final`, {
      status: "failed",
      error: "processing_error",
      error_details: { message: "no", step: "b" },
    });
    await one.call("scan");
    // What happens now is shown when its slot is over, and every gateway has written it.
    for (const bench of [one, other]) await bench.clock.pass(10_000);
    const overview = await overviewOf(one);
    assert.deepEqual(overview, { ...await overviewOf(other), at: overview.at });
    const { started, succeeded, failed } = overview.rates;
    assert.deepEqual([started.length, sum(started), sum(succeeded), sum(failed)], [60, 3, 1, 1]);
    assert.deepEqual([overview.slot_seconds, overview.dead_letters], [5, 1]);
    assert.deepEqual(overview.jobs, { Pending: 1, Running: 0, Succeeded: 1, Failed: 1 });
    const names = overview.actors.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ["a", "b", "c"]);
    const [a, b, c] = overview.actors;
    assert.deepEqual([sum(a.completed), sum(a.failed), sum(a.busy_seconds)], [2, 0, 2.5]);
    assert.deepEqual([sum(b.completed), sum(b.failed)], [0, 1]);
    assert.deepEqual([a.queue, c.queue], [{ ready: 1, consumers: null }, null]);
  },
);

Deno.test(
  "[L4] what happened is shown for five minutes, and nothing is written when nothing happens",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    let written = 0;
    const counting = Object.assign(createMemoryStore({ maxJobs: 99 }), {
      putPulse: (...args: Parameters<typeof store.putPulse>) => {
        written++;
        return store.putPulse(...args);
      },
      readPulse: (fromSlot: number) => store.readPulse(fromSlot),
    });
    const bench = createTestGateway({ tools: TOOLS, store: counting });
    const shown = async () => sum((await overviewOf(bench)).rates.started);
    assert.equal(await shown(), 0);
    await bench.call("scan");
    await bench.clock.pass(5_000);
    assert.deepEqual([await shown(), written], [1, 1]);
    await bench.clock.pass(290_000);
    assert.deepEqual([await shown(), written], [1, 1]);
    await bench.clock.pass(10_000);
    assert.deepEqual([await shown(), written], [0, 1]);
  },
);

Deno.test(
  "[L4] counts that cannot be written now are written later, also at the end",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    let isAway = true;
    const putPulse = store.putPulse.bind(store);
    store.putPulse = (row, before) =>
      isAway ? Promise.reject(new StoreError("away")) : putPulse(row, before);
    const bench = createTestGateway({ tools: TOOLS, store });
    await bench.call("scan");
    await bench.clock.pass(5_000);
    assert.deepEqual(await store.readPulse(0), []);
    isAway = false;
    await bench.clock.pass(5_000);
    assert.equal((await store.readPulse(0)).length, 1);
    await bench.call("scan");
    await bench.gateway.close();
    assert.equal((await store.readPulse(0)).length, 2);
  },
);

Deno.test(
  "[L4] a stream shows one overview at once, and one made for all every two seconds",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    let looks = 0;
    const countJobs = store.countJobs.bind(store);
    store.countJobs = (limit) => {
      looks++;
      return countJobs(limit);
    };
    const bench = createTestGateway({ tools: TOOLS, store });
    const readers = await Promise.all([0, 1, 2].map(async () => {
      const response = await bench.get("/overview/stream");
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      return response.body!.pipeThrough(new TextDecoderStream()).getReader();
    }));
    const next = async () => {
      const events = await Promise.all(readers.map((reader) => reader.read()));
      const [first] = events;
      for (const { value } of events) assert.equal(value, first?.value);
      return first?.value ?? "";
    };
    assert.match(await next(), /^event: overview\ndata: \{"at":.*\}\n\n$/);
    await bench.clock.pass(2_000);
    assert.match(await next(), /^event: overview/);
    assert.equal(looks, 2);
    assert.equal(bench.eventsOf("stream_opened").length, 3);
    const [last, ...others] = readers;
    for (const reader of others) await reader.cancel();
    await bench.clock.pass(2_000);
    assert.match((await last!.read()).value ?? "", /^event: overview/);
    bench.gateway.release();
    assert.match((await last!.read()).value ?? "", /^retry: /);
    assert.equal((await last!.read()).done, true);
    assert.equal(bench.eventsOf("stream_closed").length, 3);
    await bench.clock.pass(10_000);
    assert.equal(looks, 3);
  },
);

Deno.test(
  "[L4] a name that no queue can have is no actor's, whoever reports it",
  yaml,
  async () => {
    const bench = createTestGateway({ tools: TOOLS });
    const id = await bench.call("scan");
    const names = ["x".repeat(256), "\u{1f600}".repeat(64), "\u{1f600}".repeat(63)];
    for (const step of names) {
      const report = { step, step_index: 0, total_steps: 2, actor_name: "a", status: "completed" };
      assert.equal((await bench.post(`/jobs/${id}/progress`, report)).status, 200);
    }
    await bench.clock.pass(10_000);
    const { actors } = await overviewOf(bench);
    const shown = actors.map(({ name }: { name: string }) => name);
    assert.deepEqual(shown, ["a", "b", "c", names[2]]);
  },
);

/** A gateway that looks into queues, each with as many messages as the test says, or fails to. */
async function startLooking(store: Store) {
  const queues = { ready: 0, isAway: false };
  const letters: LetterQueue = {
    inspect: (name) => {
      if (queues.isAway) return Promise.reject(new Error("away"));
      return Promise.resolve(name === "a" ? { ready: queues.ready } : undefined);
    },
    browse: () => Promise.resolve(undefined),
  };
  const bench = createTestGateway({ tools: TOOLS, store, letters });
  await bench.gateway.start();
  return { ...bench, queues };
}

const depthOf = async (bench: TestGateway) => {
  const [a] = (await overviewOf(bench)).actors;
  assert.deepEqual([a.name, a.depth.length], ["a", 60]);
  return a.depth;
};

Deno.test(
  "[L4] what waited in queues is shown slot by slot, also by whoever did not look",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    const one = await startLooking(store);
    const other = createTestGateway({ tools: TOOLS, store });
    for (const ready of [1, 1, 7, undefined, 0, 0]) {
      Object.assign(one.queues, { ready, isAway: ready === undefined });
      await one.clock.pass(5_000);
      await other.clock.pass(5_000);
    }
    one.queues.isAway = false;
    const seen = await depthOf(one);
    assert.deepEqual(seen.slice(-7), [null, 1, 1, 7, null, 0, 0]);
    // Whether it is still so is not known, as long as nobody says.
    assert.deepEqual((await depthOf(other)).slice(-6), [1, 1, 7, null, 0, null]);
    await one.gateway.close();
    // An overview is shared by all who ask within two seconds.
    await other.clock.pass(2_000);
    assert.deepEqual(await depthOf(other), seen);
    const { actors: [, b] } = await overviewOf(other);
    assert.deepEqual(b.depth, Array(60).fill(null));
  },
);

Deno.test(
  "[L4] nothing is written while the same waits, and all is told once it changes",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    const one = await startLooking(store);
    const other = createTestGateway({ tools: TOOLS, store });
    const written = async () => (await store.readPulse(0)).length;
    await one.clock.pass(400_000);
    assert.deepEqual([await written(), await depthOf(one)], [0, Array(60).fill(0)]);
    one.queues.ready = 5;
    await one.clock.pass(5_000);
    assert.equal(await written(), 2);
    await one.clock.pass(45_000);
    assert.equal(await written(), 2);
    one.queues.ready = 6;
    await one.clock.pass(5_000);
    await other.clock.pass(455_000);
    assert.deepEqual(await depthOf(other), [...Array(49).fill(0), ...Array(10).fill(5), 6]);
    await one.gateway.close();
  },
);

Deno.test(
  "[L4] depths that cannot be written now are written later",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    const putPulse = store.putPulse.bind(store);
    store.putPulse = () => Promise.reject(new StoreError("away"));
    const one = await startLooking(store);
    for (const ready of [3, 4]) {
      one.queues.ready = ready;
      await one.clock.pass(5_000);
    }
    assert.equal(one.eventsOf("store_failed").some(({ doing }) => doing === "pulse"), true);
    store.putPulse = putPulse;
    await one.clock.pass(5_000);
    const other = createTestGateway({ tools: TOOLS, store });
    await other.clock.pass(15_000);
    assert.deepEqual((await depthOf(other)).slice(-3), [3, 4, null]);
    await one.gateway.close();
  },
);
