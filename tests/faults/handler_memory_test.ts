/**
 * Handlers that want more memory than there is.
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

/** Of so many jobs one runs out of memory, by turns in each way. */
const ONE_OF = 60;
const WAYS = ["fill the heap", "ask for too large a buffer"];

Deno.test({
  name: "[R4] [D16] what runs out of memory fails as that, and harms nobody beside it",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({
      yaml: ACTING_MESH.replace("timeout: 2s", "timeout: 60s"),
      vhost,
      env: {
        "second.runtime": { ASYA_MAX_HEAP_MB: "64" },
        "error-end.runtime": { ASYA_ERROR_MAX_RETRIES: "0" },
      },
    });
    const startMs = performance.now();
    const answered = await callForJobs(mesh, printedRandom(), {
      ...readScale(60),
      argumentsOf: actArguments(WAYS, ONE_OF),
    });
    const jobs = await assertAllArrived(mesh, answered, {
      failureOf: (job) => actOf(job) === undefined ? undefined : "oom_error",
    });
    const sidecar = linesOf(mesh, "second.sidecar");
    assert.equal(countLines(sidecar, "a message goes back to its queue to be tried again"), 0);
    const count = (way: string) => jobs.filter((job) => actOf(job) === way).length;
    assertFelt("handlers run out of memory", {
      heaps: count("fill the heap"),
      buffers: count("ask for too large a buffer"),
      died: countLines(sidecar, "the runtime died during calls", { reason: "oom" }),
    }, { jobs: jobs.length, seconds: Math.round((performance.now() - startMs) / 1_000) });
    await assertStopsClean(mesh);
  },
});
