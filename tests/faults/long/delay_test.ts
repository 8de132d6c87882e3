/**
 * Messages that wait in delay queues while the broker dies, or while the queue that they shall go
 * to is deleted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, poll, type TestMesh } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs, type Calls, walkArguments } from "../calls.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, type FleetOptions, startFleet } from "../fleet.ts";
import { type PrivateBroker, startPrivateBroker } from "../private_broker.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();
const ignore = rabbitmq.hasNoServer;

const MESH = `
name: delayed
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 16 }
  - { name: flaky, handler: ./fail_once.ts#failOnce, concurrency: 16 }
  - { name: third, handler: ./steps.ts#split, concurrency: 16 }
tools:
  - name: walk
    parameters:
      n: { type: integer }
      branches: { type: integer }
      workMs: { type: integer }
      retryAfterS: { type: integer }
    route: [first, flaky, third]
    timeout: 1200
`;

/** Jobs in a second: all of them wait before the first one's wait is over. */
const RATE = 60;

/** How long each job waits, one of the steps of the ladder. */
const DELAY_S = 60;

const DELAY_QUEUE = `asya.delay.${DELAY_S}s.quorum`;

/** A broker tries so often to hand on what nobody took, in milliseconds. */
const HAND_ON_AGAIN_MS = 3_000;

for (const queueType of ["classic", "quorum"] as const) {
  Deno.test({
    name: `[D7] [D16] the broker is killed while messages wait in ${queueType} delay queues`,
    ignore,
    fn: async () => {
      await live(
        `the broker killed during delays, ${queueType}`,
        { queueType },
        async (waiting) => {
          const { server } = waiting.broker;
          await server.kill();
          await server.start();
          await waiting.mesh.waitUntilReady();
          const connectionsLost = countLines(
            linesOf(waiting.mesh, "sidecar"),
            "the connection to the broker is lost",
          );
          const stillWaiting = await poll("waiting messages", async () => {
            const waitingNow = await countWaiting(waiting.broker);
            return waitingNow > 0 && waitingNow;
          }, { timeoutMs: DELAY_S * 1_000 });
          return { connectionsLost, stillWaiting };
        },
      );
    },
  });
}

Deno.test({
  name: "[D7] [D16] [D18] the queue is deleted that delayed messages shall go to",
  ignore,
  fn: async () => {
    await live(
      "the target queue deleted during delays, quorum",
      { queueType: "quorum" },
      async ({ broker: { vhost }, mesh }) => {
        // Nobody makes the queue again until the delays are over.
        const sidecar = mesh.process("flaky.sidecar");
        sidecar.keepAway();
        await sidecar.now.stop();
        assert.deepEqual(await mesh.queues.holds("flaky"), { ready: 0, unacked: 0, delayed: 0 });
        await vhost.admin.delete("queues/%2F/flaky");
        const names = (await vhost.admin.queues(vhost.name)).map(({ name }) => name);
        assert.ok(!names.includes("flaky"));
        const heldForAMissingQueue = await poll("messages whose delay is over", async () => {
          const queues = await vhost.admin.queues(vhost.name);
          const { ready = 0, overdue = 0 } = queues.find(({ name }) => name === DELAY_QUEUE) ?? {};
          return ready === 0 && overdue > 0 && overdue;
        }, { timeoutMs: (DELAY_S + 30) * 1_000, everyMs: 200 });
        sidecar.bringBack();
        return { heldForAMissingQueue };
      },
    );
  },
});

/** A mesh whose jobs wait. */
interface Waiting {
  readonly broker: PrivateBroker;
  readonly mesh: TestMesh;
}

/** Lets jobs fail once, does something while all of them wait, and sees all of them arrive. */
async function live(
  fault: string,
  { queueType }: { readonly queueType: "classic" | "quorum" },
  harm: (waiting: Waiting) => Promise<Record<string, number>>,
): Promise<void> {
  const startedMs = performance.now();
  const random = printedRandom();
  const scale = readScale(RATE);
  await using broker = await startPrivateBroker(rabbitmq);
  await broker.configure({ dead_letter_worker_publisher_confirm_timeout: HAND_ON_AGAIN_MS });
  await using mesh = await startFleet({
    ...meshOptions(queueType),
    vhost: broker.vhost,
  });
  const answered = await callForJobs(mesh, random, { ...scale, argumentsOf: withDelay });
  const waited = await poll("every job to wait", async () => {
    const waiting = await countWaiting(broker);
    return waiting === scale.jobs && waiting;
  }, { timeoutMs: DELAY_S * 1_000, everyMs: 100 });
  const felt = await harm({ broker, mesh });
  await assertAllArrived(mesh, answered);
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  assertFelt(fault, { waited, ...felt }, { jobs: scale.jobs, seconds });
  await assertStopsClean(mesh);
}

function meshOptions(queueType: "classic" | "quorum"): FleetOptions {
  return { yaml: MESH, env: { sidecar: { ASYA_RABBITMQ_QUEUE_TYPE: queueType } } };
}

const withDelay: Calls["argumentsOf"] = (n, random) => ({
  ...walkArguments(n, random),
  retryAfterS: DELAY_S,
});

/** Messages in the delay queues of a broker. */
async function countWaiting({ vhost }: PrivateBroker): Promise<number> {
  const queues = await vhost.admin.queues(vhost.name);
  return queues.filter(({ name }) => name.startsWith("asya.delay."))
    .reduce((sum, { ready, unacked }) => sum + ready + unacked, 0);
}
