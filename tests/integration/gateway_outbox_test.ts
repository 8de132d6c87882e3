/**
 * The outbox and a real broker that refuses some of what it is sent: messages too large for it, and
 * queues that it does not have. Nobody else's messages wait for those.
 *
 * @module
 */
import type { Job, Json } from "@asya/protocol";
import { openRabbitmq, systemClock } from "@asya/transport";
import assert from "node:assert/strict";
import type { Event } from "../../gateway/event.ts";
import { createMessage } from "../../gateway/jobs/message.ts";
import { Outbox } from "../../gateway/jobs/outbox.ts";
import { createMemoryStore } from "../../gateway/stores/memory.ts";
import { openSqliteStore } from "../../gateway/stores/sqlite.ts";
import type { Store } from "../../gateway/stores/store.ts";
import { jobOf } from "../../gateway/testing/store_suite.ts";
import { findRabbitmq, makeTempFolder, poll, type TestServer } from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();

/** The largest message that the broker takes. */
const BROKER_LIMIT = 128 * 1024;

const HERE = Array.from({ length: 19 }, (_, index) => `here-${index}`);
const MISSING = "missing";
const ROUTE_WAIT_MS = 3_000;
const JOBS = 400;

Deno.test({
  name: "[G2] [D3] what a broker refuses, and a queue that it does not have, hold up nobody",
  ignore: rabbitmq.hasNoServer,
  fn: async (t) => {
    await using server = await rabbitmq.createServer({
      config: [`max_message_size = ${BROKER_LIMIT}`],
    });
    await server.start();
    await t.step("memory", () => sendAll(server, createMemoryStore({ maxJobs: 10_000 })));
    await t.step("sqlite", async () => {
      await using folder = await makeTempFolder();
      await sendAll(server, await openSqliteStore(folder.at("gateway.db")));
    });
  },
});

async function sendAll({ ports }: TestServer, store: Store): Promise<void> {
  const transport = openRabbitmq({
    address: { url: `amqp://guest:guest@127.0.0.1:${ports.amqp}/` },
  });
  await transport.declare(HERE);
  const events: Event[] = [];
  const gaveUp: string[] = [];
  const outbox = new Outbox({
    ...{ store, publisher: transport, clock: systemClock },
    ...{ routeWaitMs: ROUTE_WAIT_MS, leaseMs: 10_000 },
    giveUp: (jobId) => {
      gaveUp.push(jobId);
      return store.settle([jobId]);
    },
    emit: (event) => events.push(event),
  });
  await outbox.start();
  const send = async (id: string, queue: string, payload: Json) => {
    const { deadline } = jobOf(id);
    const job: Job = {
      ...jobOf(id, { steps: [queue] }),
      deadline: deadline.replace(/^\d{4}/, "2999"),
    };
    const outgoing = { headers: {}, dueMs: Date.now() + 10_000 };
    await store.create({ job, payload, updates: [], outgoing });
    outbox.send(job, createMessage({ job, payload, headers: {} }));
  };
  const run = crypto.randomUUID();
  const [first = "", ...others] = HERE;
  const expected: string[] = [];
  const lost: string[] = [];
  for (let n = 0; n < JOBS; n++) {
    const id = `${run}-${n}`;
    const isLost = n % 20 === 19;
    const queue = isLost ? MISSING : HERE[n % HERE.length]!;
    (isLost ? lost : expected).push(id);
    await send(id, queue, n);
    // What is too large goes to a queue that others use too.
    if (n % 100 === 50) await send(`${run}-large-${n}`, first, "x".repeat(2 * BROKER_LIMIT));
  }
  const arrived: string[] = [];
  const consumers = await Promise.all([first, ...others].map((queue) =>
    transport.consume(queue, {
      prefetch: 100,
      onDelivery(delivery) {
        arrived.push(JSON.parse(new TextDecoder().decode(delivery.body)).job_id);
        delivery.ack();
      },
    })
  ));
  const limit = { timeoutMs: 30_000 };
  const isThere = () => expected.every((id) => arrived.includes(id));
  await poll("all that can be sent", isThere, limit);
  await poll(
    "the end of the wait for the missing queue",
    () => gaveUp.length >= lost.length,
    limit,
  );
  assert.deepEqual(gaveUp.toSorted(), lost.toSorted());
  assert.deepEqual(new Set(arrived), new Set(expected));
  const refused = events.filter(({ kind }) => kind === "publish_failed").length;
  assert(refused > 0, "the broker refused some");
  await poll("the store to know what was sent", async () => {
    const left = await store.takeDue(Date.now() + 1e9, Date.now() + 1e9, 1_000);
    return left.length === JOBS / 100 && left.every(({ job }) => job.id.includes("large"));
  });
  await outbox.drain(0);
  await Promise.all(consumers.map((consumer) => consumer.close()));
  await transport.close();
  await store.close();
}
