import { applyCancel, type Json } from "@asya/protocol";
import type { Outgoing, PublishOutcome } from "@asya/transport";
import assert from "node:assert/strict";
import type { Event } from "../event.ts";
import { createMessage } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { FakeClock, settle } from "../testing/fake_clock.ts";
import { entryOf, jobOf } from "../testing/store_suite.ts";

/** An outbox, its store, and a broker that does as it is told. */
function createBench(
  outcome: (message: Outgoing, all: readonly Outgoing[]) => PublishOutcome = () => "confirmed",
  storeFailures = 0,
  confirmed: () => Promise<void> = () => Promise.resolve(),
) {
  const clock = new FakeClock();
  const store = createMemoryStore({ maxJobs: 100_000 });
  const sent: Outgoing[] = [];
  const tried: string[] = [];
  const batches: number[] = [];
  const gaveUp: string[] = [];
  const events: Event[] = [];
  const outbox = new Outbox({
    store,
    publisher: {
      publish: async (messages) => {
        batches.push(messages.length);
        await confirmed();
        return messages.map((message) => {
          tried.push(message.queue);
          const became = outcome(message, messages);
          if (became === "confirmed") sent.push(message);
          return became;
        });
      },
    },
    clock,
    routeWaitMs: 30_000,
    leaseMs: 10_000,
    giveUp: (jobId, { queue }) => {
      gaveUp.push(`${jobId} ${queue}`);
      if (storeFailures-- > 0) return Promise.reject(new Error("away"));
      return store.settle([jobId]);
    },
    emit: (event) => events.push(event),
  });
  const send = async (id: string, queue = "a", payload: Json = { n: id }) => {
    const job = jobOf(id, { steps: [queue], timeoutSeconds: 3_600 });
    const entry = entryOf(id, {
      ...{ job, payload },
      outgoing: { headers: {}, dueMs: clock.now() + 10_000 },
    });
    await store.create(entry);
    outbox.send(job, createMessage({ job, payload, headers: {} }));
  };
  const left = async () =>
    (await store.takeDue(clock.now() + 1e9, clock.now(), 1e6)).map(({ job }) => job.id);
  return { clock, store, sent, tried, batches, gaveUp, events, outbox, send, left };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `outbox: ${name}`, permissions: "none", fn });
}

test("[G2] a message leaves the store when its queue has it", async () => {
  const bench = createBench();
  await bench.send("j1");
  await settle();
  assert.equal(bench.sent.length, 1);
  assert.deepEqual(await bench.left(), []);
  assert.deepEqual(bench.events, [{ kind: "published", count: 1, lagMs: 0 }]);
});

test("[G2] what an earlier process left behind is sent at the start", async () => {
  const bench = createBench();
  await bench.store.create(entryOf("j1", { outgoing: { headers: { x: "y" }, dueMs: 0 } }));
  await bench.outbox.start();
  await settle();
  const [message] = bench.sent;
  assert.equal(message?.queue, "a");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(message?.body)).headers, { x: "y" });
  assert.deepEqual(await bench.left(), []);
  await bench.outbox.drain(1_000);
});

test("[G2] what others left behind is sent when its lease is over", async () => {
  const bench = createBench();
  await bench.outbox.start();
  await bench.store.create(entryOf("j1", {
    outgoing: { headers: {}, dueMs: bench.clock.now() + 5_000 },
  }));
  await bench.clock.pass(4_000);
  assert.equal(bench.sent.length, 0);
  await bench.clock.pass(2_000);
  assert.equal(bench.sent.length, 1);
  await bench.outbox.drain(1_000);
});

test("a job that runs already is not sent again", async () => {
  const bench = createBench();
  const job = { ...jobOf("j1"), status: "Running" as const };
  await bench.store.create(entryOf("j1", { job, outgoing: { headers: {}, dueMs: 0 } }));
  await bench.outbox.start();
  assert.equal(bench.sent.length, 0);
  assert.deepEqual(await bench.left(), []);
  await bench.outbox.drain(1_000);
});

test("a missing queue is tried again, and found", async () => {
  let exists = false;
  const bench = createBench(() => exists ? "confirmed" : "unroutable");
  await bench.send("j1");
  await bench.send("j2");
  await bench.clock.pass(5_000);
  assert.equal(bench.sent.length, 0);
  exists = true;
  await bench.clock.pass(1_000);
  assert.deepEqual(bench.sent.length, 2);
  assert.deepEqual(bench.gaveUp, []);
  assert.deepEqual(
    bench.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("queue")),
    ["queue_missing", "queue_found"],
  );
});

test("[D3] a queue that never comes fails its jobs after the wait, each with its own", async () => {
  const bench = createBench(() => "unroutable");
  await bench.send("j1");
  await bench.clock.pass(20_000);
  await bench.send("j2");
  await bench.clock.pass(9_000);
  assert.deepEqual(bench.gaveUp, []);
  await bench.clock.pass(2_500);
  assert.deepEqual(bench.gaveUp, ["j1 a"]);
  await bench.clock.pass(20_000);
  assert.deepEqual(bench.gaveUp, ["j1 a", "j2 a"]);
  assert.deepEqual(await bench.left(), []);
});

test("a missing queue does not hold up others, and is probed with one message", async () => {
  const bench = createBench(({ queue }) => queue === "gone" ? "unroutable" : "confirmed");
  for (let index = 0; index < 50; index++) await bench.send(`g${index}`, "gone");
  await settle();
  const tries = bench.tried.length;
  for (let index = 0; index < 50; index++) {
    await bench.send(`h${index}`, "here");
    await settle();
  }
  assert.equal(bench.sent.length, 50);
  await bench.clock.pass(1_000);
  const probes = bench.tried.slice(tries).filter((queue) => queue === "gone").length;
  assert(probes > 1 && probes < 15, `${probes} probes`);
});

test("a broker that is away is tried later and later, until jobs are over", async () => {
  const bench = createBench(() => "failed");
  await bench.send("j1");
  await bench.clock.pass(60_000);
  assert(bench.tried.length > 5 && bench.tried.length < 40, `${bench.tried.length} tries`);
  assert.deepEqual(bench.gaveUp, []);
  await bench.clock.pass(3_600_000);
  const tries = bench.tried.length;
  await bench.clock.pass(60_000);
  assert.equal(bench.tried.length, tries);
});

test("what is in hand is kept from others for as long as it is", async () => {
  const bench = createBench(() => "failed");
  await bench.outbox.start();
  await bench.send("j1");
  await bench.clock.pass(60_000);
  const due = await bench.store.takeDue(bench.clock.now(), bench.clock.now(), 10);
  assert.deepEqual(due, []);
  await bench.outbox.drain(0);
});

test("what others have taken over, or whose job is over, is sent no more", async () => {
  let isAway = true;
  const bench = createBench(() => isAway ? "failed" : "confirmed");
  await bench.outbox.start();
  for (const id of ["j1", "j2", "j3"]) await bench.send(id);
  await settle();
  await bench.store.settle(["j1"]);
  await bench.store.change("j2", undefined, ({ job }) => applyCancel(job, new Date()));
  await bench.clock.pass(10_000);
  isAway = false;
  await bench.clock.pass(10_000);
  const ids = bench.sent.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).job_id);
  assert.deepEqual(ids, ["j3"]);
  await bench.outbox.drain(0);
});

test("a store that is away at the start is asked again", async () => {
  const bench = createBench();
  await bench.store.create(entryOf("j1", { outgoing: { headers: {}, dueMs: 0 } }));
  const { takeDue } = bench.store;
  bench.store.takeDue = () => Promise.reject(new Error("away"));
  await bench.outbox.start();
  assert.deepEqual(bench.events.map(({ kind }) => kind), ["store_failed"]);
  bench.store.takeDue = takeDue;
  await bench.clock.pass(1_000);
  assert.equal(bench.sent.length, 1);
  await bench.outbox.drain(0);
});

test("what arrives together is published together, in order", async () => {
  const bench = createBench();
  await Promise.all(Array.from({ length: 100 }, (_, index) => bench.send(`j${index}`)));
  await settle();
  assert.equal(bench.sent.length, 100);
  assert(bench.batches.length < 10, `${bench.batches.length} batches`);
  const ids = bench.sent.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).job_id);
  assert.deepEqual(ids, Array.from({ length: 100 }, (_, index) => `j${index}`));
});

test("what is too much waits in the store and is sent later", async () => {
  let isAway = true;
  const bench = createBench(() => isAway ? "failed" : "confirmed");
  await bench.outbox.start();
  for (let index = 0; index < 10_200; index++) await bench.send(`j${index}`);
  isAway = false;
  await bench.clock.pass(30_000);
  assert.equal(new Set(bench.sent.map(({ messageId }) => messageId)).size, 10_200);
  assert.deepEqual(await bench.left(), []);
  await bench.outbox.drain(1_000);
});

test("draining sends what can be sent and leaves the rest", async () => {
  const bench = createBench(({ queue }) => queue === "gone" ? "unroutable" : "confirmed");
  await bench.outbox.start();
  await bench.send("here", "here");
  await bench.send("gone", "gone");
  await bench.outbox.drain(1_000);
  assert.deepEqual(bench.sent.map(({ queue }) => queue), ["here"]);
  assert.deepEqual(await bench.left(), ["gone"]);
  await bench.clock.pass(60_000);
  assert.deepEqual(bench.gaveUp, []);
});

test("a store that cannot settle is told again, and the message is sent once", async () => {
  const bench = createBench();
  await bench.outbox.start();
  const { settle: settleJobs } = bench.store;
  bench.store.settle = () => Promise.reject(new Error("disk full"));
  await bench.send("j1");
  await settle();
  assert.equal(bench.events.filter(({ kind }) => kind === "store_failed").length, 1);
  await bench.clock.pass(30_000);
  bench.store.settle = settleJobs;
  await bench.clock.pass(2_000);
  assert.equal(bench.sent.length, 1);
  assert.deepEqual(await bench.left(), []);
  await bench.outbox.drain(1_000);
});

test("[D3] a job is given up in its time, although the store was away just then", async () => {
  const bench = createBench(() => "unroutable", 1);
  await bench.outbox.start();
  await bench.send("j1");
  await bench.clock.pass(33_000);
  assert.equal(bench.events.filter(({ kind }) => kind === "store_failed").length, 1);
  assert.deepEqual(bench.gaveUp, ["j1 a", "j1 a"]);
  assert.deepEqual(await bench.left(), []);
  await bench.outbox.drain(1_000);
});

test("one missing queue among twenty, and a thousand of them, hold up nobody", async () => {
  for (const [missing, here] of [[1, 19], [1_000, 1]] as const) {
    const bench = createBench(({ queue }) => queue.startsWith("gone") ? "unroutable" : "confirmed");
    await bench.outbox.start();
    for (let index = 0; index < missing; index++) await bench.send(`g${index}`, `gone${index}`);
    let sent = 0;
    for (let round = 0; round < 40; round++) {
      for (let index = 0; index < here; index++) {
        await bench.send(`h${round}-${index}`, `here${index}`);
        sent++;
      }
      await bench.clock.pass(500);
      assert.equal(bench.sent.length, sent, `${missing} missing, round ${round}`);
    }
    await bench.clock.pass(15_000);
    assert.equal(bench.gaveUp.length, missing);
    assert.deepEqual(await bench.left(), []);
    await bench.outbox.drain(1_000);
  }
});

test("a queue that much goes to does not hold up another one", async () => {
  const bench = createBench();
  const busy = Array.from({ length: 2_000 }, (_, index) => bench.send(`b${index}`, "busy"));
  await Promise.all([...busy, bench.send("q1", "quiet")]);
  await settle();
  await bench.clock.pass(1_000);
  const at = bench.sent.findIndex(({ queue }) => queue === "quiet");
  assert(at >= 0 && at <= 1_100, `sent as number ${at}`);
});

test("a message that the broker refuses takes no others with it", async () => {
  const isBad = ({ body }: Outgoing) => body.length > 1_000;
  // The broker ends the channel, and with it all that is on its way there.
  const bench = createBench(
    (_, all) => all.some(isBad) ? "failed" : "confirmed",
  );
  await bench.outbox.start();
  for (let index = 0; index < 40; index++) {
    await bench.send(`a${index}`);
    await bench.send(`b${index}`, "b");
    if (index === 5 || index === 20) await bench.send(`bad${index}`, "a", "x".repeat(2_000));
  }
  await bench.clock.pass(60_000);
  assert.equal(new Set(bench.sent.map(({ messageId }) => messageId)).size, 80);
  const calls = bench.batches.length;
  const sent = bench.sent.length;
  for (let index = 40; index < 60; index++) {
    await bench.send(`a${index}`);
    await bench.clock.pass(1_000);
  }
  assert.equal(bench.sent.length, sent + 20, "and none is sent twice");
  assert(bench.batches.length - calls < 60, `${bench.batches.length - calls} calls`);
  assert.deepEqual(await bench.left(), ["bad5", "bad20"]);
  await bench.outbox.drain(1_000);
});

test("who could not keep messages from others for a whole lease asks before sending", async () => {
  let isAway = true;
  const bench = createBench(() => isAway ? "failed" : "confirmed");
  await bench.outbox.start();
  for (const id of ["j1", "j2"]) await bench.send(id);
  const { hold } = bench.store;
  bench.store.hold = () => Promise.reject(new Error("away"));
  await bench.clock.pass(20_000);
  isAway = false;
  await bench.clock.pass(20_000);
  assert.deepEqual(bench.sent, []);
  // Another gateway has sent it meanwhile.
  await bench.store.settle(["j1"]);
  bench.store.hold = hold;
  await bench.clock.pass(20_000);
  const ids = bench.sent.map(({ body }) => JSON.parse(new TextDecoder().decode(body)).job_id);
  assert.deepEqual(ids, ["j2"]);
  await bench.outbox.drain(0);
});

test("calls wait while too much is on its way, and come in as it leaves", async () => {
  const confirms: (() => void)[] = [];
  const bench = createBench(() => "confirmed", 0, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    confirms.push(resolve);
    return promise;
  });
  for (let index = 0; index < 5_000; index++) await bench.send(`j${index}`);
  let isIn = false;
  const waiting = bench.outbox.room();
  assert(waiting);
  waiting.then(() => isIn = true);
  await settle();
  // The first message went alone.
  for (let batch = 0; batch < 2; batch++) {
    assert.equal(isIn, false);
    confirms.shift()?.();
    await settle();
  }
  assert.equal(isIn, true);
  assert.equal(bench.outbox.room(), undefined);
});

test("calls do not wait for a queue that is away", async () => {
  const bench = createBench(({ queue }) => queue === "gone" ? "unroutable" : "confirmed");
  for (let index = 0; index < 5_000; index++) await bench.send(`j${index}`, "gone");
  await bench.clock.pass(500);
  assert.equal(bench.outbox.room(), undefined);
});

test("a clock that is set back does not make a queue wait for longer", async () => {
  for (const trouble of ["failed", "unroutable"] as const) {
    let isAway = true;
    const bench = createBench(() => isAway ? trouble : "confirmed");
    await bench.outbox.start();
    await bench.send("j1");
    await bench.clock.pass(2_000);
    bench.clock.setBack(3_600_000);
    isAway = false;
    await bench.clock.pass(10_000);
    assert.equal(bench.sent.length, 1, trouble);
    await bench.outbox.drain(0);
  }
});

test("what drains looks into the store no more, also where it was just doing so", async () => {
  const bench = createBench();
  await bench.outbox.start();
  const looks = Promise.withResolvers<[]>();
  const begun = Promise.withResolvers<void>();
  let count = 0;
  bench.store.takeDue = () => {
    count++;
    begun.resolve();
    return looks.promise;
  };
  const passed = bench.clock.pass(1_000);
  await begun.promise;
  const drained = bench.outbox.drain(5_000);
  looks.resolve([]);
  await Promise.all([passed, drained]);
  assert.equal(bench.clock.waiting, 0);
  assert.equal(count, 1);
});
