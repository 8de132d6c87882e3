/**
 * Handlers that run out of memory once: their messages are tried again when the wait for such a
 * failure is over.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq } from "../../kit/mod.ts";
import { actArguments, ACTING_MESH, actOf } from "../acting.ts";
import { assertAllArrived } from "../arrival.ts";
import { callForJobs } from "../calls.ts";
import { assertFelt, linesOf } from "../felt.ts";
import { assertStopsClean, startFleet } from "../fleet.ts";
import { printedRandom, readScale } from "../scale.ts";

const rabbitmq = await findRabbitmq();

/** Of so many jobs one runs out of memory, by turns in each way. */
const ONE_OF = 60;

/** The wait for want of memory, which is longer than the usual one. */
const DELAY_MS = 30_000;

Deno.test({
  name: "[R4] [D8] [D16] what ran out of memory once is tried again after thirty seconds",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({
      yaml: ACTING_MESH.replace("timeout: 2s", "timeout: 60s"),
      vhost,
      env: { "second.runtime": { ASYA_MAX_HEAP_MB: "64" } },
    });
    const answered = await callForJobs(mesh, printedRandom(), {
      ...readScale(60),
      argumentsOf: actArguments(["fill the heap", "ask for too large a buffer"], ONE_OF),
    });
    const jobs = await assertAllArrived(mesh, answered);
    const acting = jobs.filter((job) => actOf(job) !== undefined);
    const retries = linesOf(mesh, "error-end.runtime")
      .filter(({ message }) => message === "failed work is tried again");
    assert.deepEqual(
      retries.map(({ fields }) => fields.job_id).toSorted(),
      acting.map(({ id }) => id).toSorted(),
      "these are tried again, once, and no others",
    );
    assert.deepEqual(new Set(retries.map(({ fields }) => fields.delayMs)), new Set([DELAY_MS]));
    const waits = retries.map(({ fields }) => {
      const job = acting.find(({ id }) => id === fields.job_id);
      return Date.parse(String(job?.updated_at)) - Date.parse(String(fields.time));
    });
    assertFelt("handlers run out of memory once", { retries: retries.length }, {
      jobs: jobs.length,
      shortestWaitMs: Math.min(...waits),
    });
    assert.ok(Math.min(...waits) >= DELAY_MS, `${Math.min(...waits)} ms`);
    await assertStopsClean(mesh);
  },
});
