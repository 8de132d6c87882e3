/**
 * Handlers that never come back: some wait for ever, some keep the processor for themselves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq } from "../kit/mod.ts";
import { actArguments, ACTING_MESH, actOf } from "./acting.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

/** Of so many jobs one gets stuck, by turns in each way. */
const ONE_OF = 60;
const WAYS = ["spin later", "hang", "spin"];

Deno.test({
  name: "[R3] [D16] what hangs or spins fails by its deadline, and harms nobody beside it",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ yaml: ACTING_MESH, vhost });
    const startMs = performance.now();
    const answered = await callForJobs(mesh, printedRandom(), {
      ...readScale(60),
      argumentsOf: actArguments(WAYS, ONE_OF),
    });
    const jobs = await assertAllArrived(mesh, answered, {
      failureOf: (job) => actOf(job) === undefined ? undefined : "timeout_error",
      // One after the other takes its time, and up to a second until its host is back.
      limitMs: 400_000,
    });
    const stuck = jobs.filter((job) => actOf(job) !== undefined);
    assert.deepEqual(
      new Set(stuck.map(({ error_details }) => error_details?.step)),
      new Set(["second"]),
    );
    const sidecar = linesOf(mesh, "second.sidecar");
    const runtime = linesOf(mesh, "second.runtime");
    assert.equal(countLines(sidecar, "a message goes back to its queue to be tried again"), 0);
    assertFelt("handlers hang and spin", {
      stuck: stuck.length,
      killed: countLines(runtime, "handler process had to be killed", { why: "blocked" }),
      recycled: countLines(runtime, "beginning anew, since a handler cannot be stopped"),
      died: countLines(sidecar, "the runtime died during calls"),
    }, { jobs: jobs.length, seconds: Math.round((performance.now() - startMs) / 1_000) });
    await assertStopsClean(mesh);
  },
});
