/**
 * Handlers that send messages round and round, or on ways that there are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq } from "../kit/mod.ts";
import { actArguments, ACTING_MESH, actOf } from "./acting.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { readMetric } from "./metrics.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

/** Of so many jobs one goes astray, by turns in each way. */
const ONE_OF = 24;
const WAYS: Readonly<Record<string, string>> = {
  "go round for ever": "route_error",
  "forget where it was": "processing_error",
  "go nowhere": "route_error",
  "go to the end at once": "route_error",
};

/** Steps that one message may take; on an endless way every second of them is a turn. */
const MAX_HOPS = 64;

Deno.test({
  name: "[W9] [D16] a route without end or without way fails, and holds nobody up",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({
      yaml: ACTING_MESH.replace("./acts.ts#act", "./turns.ts#turn"),
      vhost,
      env: {
        "second.runtime": { ASYA_INCLUDE_METADATA: "true" },
        sidecar: { ASYA_ROUTE_WAIT: "300ms", ASYA_MAX_HOPS: String(MAX_HOPS) },
      },
    });
    const startMs = performance.now();
    const answered = await callForJobs(mesh, printedRandom(), {
      ...readScale(60),
      argumentsOf: actArguments(Object.keys(WAYS), ONE_OF),
    });
    const jobs = await assertAllArrived(mesh, answered, {
      failureOf: (job) => WAYS[actOf(job) ?? ""],
    });
    const endless = jobs.filter((job) => actOf(job) === "go round for ever").length;
    const turns = await readMetric(mesh, "second.sidecar", "messages_received_total");
    assert.ok(turns >= endless * MAX_HOPS / 2, `${turns} turns`);
    assertFelt("routes without end", { endless, turns }, {
      jobs: jobs.length,
      seconds: Math.round((performance.now() - startMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});
