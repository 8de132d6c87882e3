/**
 * Messages that are worked on for longer than the broker lets anybody hold one.
 *
 * @module
 */
import { findRabbitmq } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs, type Calls, walkArguments } from "../calls.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { startPrivateBroker } from "../private_broker.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

const MESH = `
name: slow
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: slow, handler: ./slow.ts#slow, concurrency: 16, replicas: 2, timeout: 40m }
  - { name: third, handler: ./steps.ts#split, concurrency: 4 }
tools:
  - name: walk
    parameters:
      n: { type: integer }
      branches: { type: integer }
      workMs: { type: integer }
      slowMs: { type: integer }
    route: [first, slow, third]
    timeout: 1200
`;

/** How long the broker lets a message be held, and how often it looks. */
const HOLD_LIMIT_MS = 3_000;
const LOOK_EVERY_MS = 500;

/** How long the work on one of so many messages takes. */
const SLOW_MS = 8_000;
const ONE_OF = 40;

for (const queueType of ["classic", "quorum"] as const) {
  Deno.test({
    name: `[D16] [D19] work that takes longer than the broker allows, ${queueType}`,
    ignore: rabbitmq.hasNoServer,
    fn: async () => {
      const startedMs = performance.now();
      const random = printedRandom();
      const scale = readScale(40);
      await using broker = await startPrivateBroker(rabbitmq);
      await broker.configure({
        consumer_timeout: HOLD_LIMIT_MS,
        channel_tick_interval: LOOK_EVERY_MS,
      });
      await using mesh = await startFleet({
        yaml: MESH,
        vhost: broker.vhost,
        env: { sidecar: { ASYA_RABBITMQ_QUEUE_TYPE: queueType } },
      });
      const answered = await callForJobs(mesh, random, { ...scale, argumentsOf: sometimesSlow });
      const jobs = await assertAllArrived(mesh, answered);
      const lines = linesOf(mesh, "slow");
      const warning = "a message may be held for longer than the broker allows";
      assertFelt(`longer than the broker allows, ${queueType}`, {
        warnedBeforehand: countLines(lines, warning),
        consumersEnded: countLines(lines, "the broker ended a consumer; it begins again"),
        holdsLost: countLines(lines, "a message was taken away before it was settled"),
      }, {
        jobs: jobs.length,
        redelivered: countLines(lines, "a message goes back to its queue", { why: "redelivered" }),
        duplicates: countLines(lines, "a message was acknowledged without work"),
        seconds: Math.round((performance.now() - startedMs) / 1_000),
      });
      await assertStopsClean(mesh);
    },
  });
}

const sometimesSlow: Calls["argumentsOf"] = (n, random) => ({
  ...walkArguments(n, random),
  ...n % ONE_OF === 0 && { slowMs: SLOW_MS },
});
