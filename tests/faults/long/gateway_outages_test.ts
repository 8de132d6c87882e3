/**
 * What two gateways stand on goes away under load, and comes back: the database, the broker, both,
 * or only the way to them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findPostgres, findRabbitmq, inTime, pause, poll, TcpProxy } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { assertFelt, countLines } from "../felt.ts";
import { assertStopsClean } from "../fleet.ts";
import { Gateways, hasWalkedOnce, isReady, type Replica } from "../gateways.ts";
import { type PrivateBroker, startPrivateBroker } from "../private_broker.ts";
import { printedRandom, readScale } from "../scale.ts";
import { assertWatched, type Called, callReplicas } from "../watch_jobs.ts";

const [postgres, rabbitmq] = [await findPostgres(), await findRabbitmq()];
const ignore = postgres.hasNoServer || rabbitmq.hasNoServer;

/** Jobs in a second. */
const RATE = 40;

/** How long something is away, which is longer than a gateway's lease on a message. */
const AWAY_MS = 15_000;

const DATABASE_AWAY = "the database is away";
const BROKER_AWAY = "the broker is away";

/** All that a fault may be done to. */
interface Bench {
  readonly gateways: Gateways;
  readonly database: Awaited<ReturnType<typeof postgres.createServer>>;
  readonly broker: PrivateBroker;
  /** Between the first gateway and the database; the second reaches it directly. */
  readonly toDatabase: TcpProxy;
  /** How many calls were answered so far. */
  accepted(): number;
}

/** Registers a test of one fault. */
function testOutage(
  name: string,
  fault: (bench: Bench) => Promise<Record<string, number>>,
): void {
  Deno.test({
    name: `[G2] [G3] [G5] [G11] [D16] ${name}, and every job arrives and is seen`,
    ignore,
    fn: async () => {
      const random = printedRandom();
      const scale = readScale(RATE);
      await using database = await postgres.createServer();
      await database.start();
      await using broker = await startPrivateBroker(rabbitmq);
      await using toDatabase = new TcpProxy(database.port);
      const url = `${database.url}/postgres`;
      await using gateways = await Gateways.start({
        databaseUrls: [url.replace(`:${database.port}`, `:${toDatabase.port}`), url],
        vhost: broker.vhost,
      });
      let count = 0;
      const calling: Promise<Called> = callReplicas(gateways.replicas, random, {
        ...scale,
        argumentsOf: (n) => ({ n, workMs: Math.floor(random() * 50) }),
        onAccepted: () => count++,
      });
      await poll("a quarter of the calls", () => count >= scale.jobs / 4, { timeoutMs: 60_000 });
      const startedMs = Date.now();
      const bench = { gateways, database, broker, toDatabase, accepted: () => count };
      const felt = await fault(bench);
      const { accepted, watching, failures } = await calling;
      await gateways.waitUntilReady();
      const jobs = await assertAllArrived(gateways.mesh, accepted, { hasResult: hasWalkedOnce });
      const watched = await inTime("the end of all streams", watching, 60_000);
      assertWatched(watched);
      const breaks = watched.reduce((sum, { breaks }) => sum + breaks, 0);
      const seconds = Math.round((Date.now() - startedMs) / 1_000);
      assertFelt(name, felt, {
        ...{ jobs: jobs.length, failures, breaks, seconds },
        unheardOf: jobs.length - accepted.length,
      });
      await gateways.stop();
      await assertStopsClean(gateways.mesh);
    },
  });
}

/** Waits until a gateway says that it cannot work, or can again. */
async function untilReady(replica: Replica, is: boolean): Promise<void> {
  await poll(
    `${replica.process.plan.name} to say that it is ${is ? "" : "not "}ready`,
    async () => await isReady(replica) === is,
    { timeoutMs: 60_000 },
  );
}

async function allReady(gateways: Gateways, is: boolean): Promise<void> {
  await Promise.all(gateways.replicas.map((replica) => untilReady(replica, is)));
}

testOutage("PostgreSQL is killed twice, and stopped", async ({ gateways, database }) => {
  for (const end of ["kill", "stop", "kill"] as const) {
    await database[end]();
    await allReady(gateways, false);
    await database.start();
    await allReady(gateways, true);
  }
  return { noticed: countLines(gateways.lines, DATABASE_AWAY) };
});

testOutage("PostgreSQL is away for longer than a lease", async ({ gateways, database }) => {
  await database.kill();
  await allReady(gateways, false);
  // This is for how long it is away.
  await pause(AWAY_MS);
  await database.start();
  await allReady(gateways, true);
  return { noticed: countLines(gateways.lines, DATABASE_AWAY) };
});

testOutage("the way to PostgreSQL is cut again and again", async ({ gateways, toDatabase }) => {
  const before = toDatabase.accepted;
  for (let cuts = 0; cuts < 20; cuts++) {
    const open = toDatabase.accepted;
    toDatabase.cut();
    await poll("a new connection", () => toDatabase.accepted > open, { timeoutMs: 30_000 });
  }
  await allReady(gateways, true);
  return { connections: toDatabase.accepted - before };
});

testOutage("the way to PostgreSQL falls silent", async ({ gateways, toDatabase }) => {
  const [near, far] = gateways.replicas;
  toDatabase.freeze();
  await untilReady(near, false);
  assert.ok(await isReady(far));
  // This is for how long nothing comes through.
  await pause(AWAY_MS);
  toDatabase.thaw();
  await untilReady(near, true);
  return { noticed: countLines(near.process.now.lines, DATABASE_AWAY) };
});

testOutage("RabbitMQ is away", async ({ gateways, broker, accepted }) => {
  await broker.server.kill();
  await allReady(gateways, false);
  const before = accepted();
  await poll("calls to be answered all the same", () => accepted() > before, { timeoutMs: 30_000 });
  const answered = accepted() - before;
  // This is for how long it is away.
  await pause(AWAY_MS);
  await broker.server.start();
  await allReady(gateways, true);
  return { answered, noticed: countLines(gateways.lines, BROKER_AWAY) };
});

testOutage("PostgreSQL and RabbitMQ are away at once", async ({ gateways, broker, database }) => {
  await Promise.all([broker.server.kill(), database.kill()]);
  await allReady(gateways, false);
  await broker.server.start();
  await database.start();
  await allReady(gateways, true);
  return {
    noticedDatabase: countLines(gateways.lines, DATABASE_AWAY),
    noticedBroker: countLines(gateways.lines, BROKER_AWAY),
  };
});
