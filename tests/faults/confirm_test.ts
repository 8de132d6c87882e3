/**
 * The moments around a publisher confirm: a sidecar that dies when its outputs are confirmed and its
 * input is not acknowledged, and a connection that breaks before the confirms arrive.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  AmqpProxy,
  findRabbitmq,
  poll,
  type ProxiedConnection,
  type TestMesh,
} from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { killProcess } from "./kill.ts";
import { printedRandom, readScale } from "./scale.ts";
import { through } from "./through.ts";

const rabbitmq = await findRabbitmq();
const ignore = rabbitmq.isMissing;

/** Jobs in a second. */
const RATE = 40;
const ACTORS = ["first", "second", "third"];

/** Messages that an actor takes at a time. */
const PREFETCH = 4;

/** How long an actor may take to have as much in hand as it can; it may have less to do. */
const FULL_LIMIT_MS = 1_500;

Deno.test({
  name: "[D1] [D2] [D6] a sidecar dies again and again between its confirms and its ack",
  ignore,
  fn: async () => {
    const felt = { kills: 0, acksMissing: 0, redelivered: 0, redeliveriesCounted: 0 };
    await live("a sidecar killed between confirm and ack", felt, async ({ mesh, proxy }, actor) => {
      const connection = await connectionOf(proxy, actor);
      connection.keep("acks");
      await untilFull(() => connection.acksKept);
      if (connection.acksKept === 0) return connection.keep("nothing");
      // All that it holds is done but for the acknowledgement: what it has made is confirmed.
      await poll("the last confirm", () => connection.unconfirmed === 0);
      assert.ok(killProcess(mesh, `${actor}.sidecar`));
      felt.kills++;
      felt.acksMissing += connection.acksKept;
      await poll("the end of its connection", () => !connection.isOpen);
    }, ({ mesh, proxy }) => {
      felt.redelivered = sumOf(proxy, ({ redelivered }) => redelivered);
      felt.redeliveriesCounted = countLines(
        linesOf(mesh, "sidecar"),
        "a message goes back to its queue",
        { why: "redelivered" },
      );
      assert.ok(felt.redelivered >= felt.acksMissing, JSON.stringify(felt));
    });
  },
});

Deno.test({
  name: "[D1] [D16] [D17] the connection breaks again and again before a confirm arrives",
  ignore,
  fn: async () => {
    const felt = { cuts: 0, confirmsMissing: 0, connectionsLost: 0, holdsLost: 0, repeated: 0 };
    await live("the connection cut before the confirm", felt, async ({ proxy }, actor) => {
      const connection = await connectionOf(proxy, actor);
      connection.keep("confirms");
      await untilFull(() => connection.unconfirmed);
      if (connection.confirmsKept === 0) return connection.keep("nothing");
      connection.cut();
      felt.cuts++;
      felt.confirmsMissing += connection.unconfirmed;
    }, ({ mesh }) => {
      const lines = linesOf(mesh, "sidecar");
      felt.connectionsLost = countLines(lines, "the connection to the broker is lost");
      felt.holdsLost = countLines(lines, "a message was taken away before it was settled");
      felt.repeated = countLines(lines, "a publish was not confirmed and is repeated");
    });
  },
});

/** A mesh whose processes reach the broker through a proxy. */
interface Proxied {
  readonly mesh: TestMesh;
  readonly proxy: AmqpProxy;
}

/** Sends jobs through a mesh and does something to one actor after the other meanwhile. */
async function live(
  fault: string,
  felt: Readonly<Record<string, number>>,
  harm: (proxied: Proxied, actor: string) => Promise<void>,
  prove: (proxied: Proxied) => void,
): Promise<void> {
  const startedMs = performance.now();
  const random = printedRandom();
  const scale = readScale(RATE);
  await using vhost = await rabbitmq.createVhost();
  await using proxy = new AmqpProxy(Number(new URL(vhost.url).port));
  await using mesh = await startFleet({ vhost: through(proxy, vhost) });
  const calling = callForJobs(mesh, random, scale);
  const endMs = performance.now() + scale.durationMs;
  while (performance.now() < endMs) {
    await harm({ mesh, proxy }, ACTORS[Math.floor(random() * ACTORS.length)]!);
  }
  await assertAllArrived(mesh, await calling);
  prove({ mesh, proxy });
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  assertFelt(fault, felt, { jobs: scale.jobs, seconds });
  await assertStopsClean(mesh);
}

/** The connection on which an actor takes messages at the moment. */
function connectionOf(proxy: AmqpProxy, actor: string): Promise<ProxiedConnection> {
  return poll(`a connection of ${actor}`, () => {
    const connection = proxy.consumerOf(actor);
    return connection?.isOpen && connection;
  }, { timeoutMs: 30_000 });
}

async function untilFull(count: () => number): Promise<void> {
  const untilMs = performance.now() + FULL_LIMIT_MS;
  await poll(
    "an actor with its hands full",
    () => count() >= PREFETCH || performance.now() >= untilMs,
  );
}

function sumOf(proxy: AmqpProxy, read: (connection: ProxiedConnection) => number): number {
  return proxy.connections.reduce((sum, connection) => sum + read(connection), 0);
}
