/**
 * Queues that an operator deletes while messages are on their way to them.
 *
 * What a queue holds goes with it, by the operator's own hand. So each queue is first cut off from
 * what is published, worked off, and deleted then: those who publish go on all the time.
 *
 * @module
 */
import { findRabbitmq, pause } from "../../kit/mod.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { cutOffAndDelete } from "../delete_queue.ts";
import { assertFelt, countLines, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

const QUEUES = ["third", "second", "first"];
const DELETE_EVERY_MS = 500;

Deno.test({
  name: "[D3] [D16] [D18] queues are deleted again and again under load",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    const startedMs = performance.now();
    const random = printedRandom();
    const scale = readScale(40);
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ vhost });
    const calling = callForJobs(mesh, random, scale);
    const endMs = performance.now() + scale.durationMs;
    let deleted = 0;
    while (performance.now() < endMs) {
      // Gives the mesh a moment of work between two deletions.
      await pause(DELETE_EVERY_MS);
      await cutOffAndDelete(vhost, QUEUES[deleted % QUEUES.length]!, { mayBeHeld: true });
      deleted++;
    }
    const jobs = await assertAllArrived(mesh, await calling);
    const lines = linesOf(mesh);
    assertFelt("queues deleted", {
      deleted,
      consumersEnded: countLines(lines, "the broker ended a consumer; it begins again"),
      unroutable: countLines(lines, "a publish was not confirmed and is repeated", {
        outcome: "unroutable",
      }),
    }, {
      jobs: jobs.length,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});
