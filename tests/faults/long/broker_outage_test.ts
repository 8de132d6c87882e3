/**
 * A broker that goes away under load, in order or at once, and comes back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { cpuMsOf, findRabbitmq, pause, poll, type TestMesh } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { type PrivateBroker, startPrivateBroker } from "../private_broker.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

/** How long the broker is away before it is started again, which takes some seconds more. */
const AWAY_MS = 10_000;

/** What is in hand when the broker goes is worked on for so long, and costs what it costs. */
const WORK_MS = 3_000;

/** A sidecar that waits for its broker takes no more of a processor than this. */
const IDLE_PERCENT = 5;

/** How long a sidecar may take to find its broker again: on a machine with nothing to spare, too. */
const RECONNECT_LIMIT_MS = 10_000;

const CONNECTED = "connected to the broker";

for (const end of ["stop", "kill"] as const) {
  Deno.test({
    name: `[D16] [D17] every job arrives, and sidecars wait idle, through a ${end} of the broker`,
    ignore: rabbitmq.hasNoServer,
    fn: async () => {
      const random = printedRandom();
      const scale = readScale(40);
      await using broker = await startPrivateBroker(rabbitmq);
      await using mesh = await startFleet({ vhost: broker.vhost });
      const startedMs = Date.now();
      const calling = callForJobs(mesh, random, scale);
      // Lets the load build up.
      await pause(scale.durationMs / 4);
      await broker.server[end]();
      const cpuPercent = await watchCpu(mesh);
      const acceptedMs = await startAndAccept(broker);
      const reconnectMs = await waitForSidecars(mesh, acceptedMs);
      await assertAllArrived(mesh, await calling);
      assertFelt(`the broker: ${end}`, {
        connectionsLost: countLines(linesOf(mesh), "the connection to the broker is lost"),
      }, {
        jobs: scale.jobs,
        reconnectMs,
        cpuPercent,
        seconds: Math.round((Date.now() - startedMs) / 1_000),
      });
      assert.ok(reconnectMs < RECONNECT_LIMIT_MS, `a sidecar took ${reconnectMs} ms`);
      for (const [name, percent] of Object.entries(cpuPercent)) {
        assert.ok(percent < IDLE_PERCENT, `${name} took ${percent} % of a processor`);
      }
      await assertStopsClean(mesh);
    },
  });
}

function sidecarsOf(mesh: TestMesh): string[] {
  return [...mesh.processes.keys()].filter((name) => name.endsWith("sidecar"));
}

/** How much of a processor each sidecar takes while the broker is away, in percent. */
async function watchCpu(mesh: TestMesh): Promise<Record<string, number>> {
  // Lets what is in hand be worked on.
  await pause(WORK_MS);
  const names = sidecarsOf(mesh);
  const look = () => names.map((name) => cpuMsOf(mesh.process(name).now.pid));
  const before = look();
  // This is the time that is measured.
  await pause(AWAY_MS - WORK_MS);
  const after = look();
  return Object.fromEntries(
    names.map((name, n) => [name, (after[n]! - before[n]!) / (AWAY_MS - WORK_MS) * 100]),
  );
}

/** Starts the broker, and says when it first took a connection, in milliseconds since the epoch. */
async function startAndAccept({ server }: PrivateBroker): Promise<number> {
  const starting = server.start();
  const acceptedMs = await poll("the broker to take connections", async () => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: server.ports.amqp })).close();
      return Date.now();
    } catch (error) {
      // Nobody listens yet.
      if (error instanceof Deno.errors.ConnectionRefused) return undefined;
      throw error;
    }
  }, { timeoutMs: 90_000 });
  await starting;
  return acceptedMs;
}

/** How long the last sidecar took to find the broker again, in milliseconds. */
async function waitForSidecars(mesh: TestMesh, acceptedMs: number): Promise<number> {
  const times = sidecarsOf(mesh).map((name) =>
    poll(`${name} to find the broker`, () => {
      const [, second] = linesOf(mesh, name).filter(({ message }) => message === CONNECTED);
      return second && Date.parse(String(second.fields.time));
    }, { timeoutMs: 60_000 })
  );
  return Math.max(...await Promise.all(times)) - acceptedMs;
}
