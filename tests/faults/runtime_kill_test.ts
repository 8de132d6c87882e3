/**
 * A runtime that is killed again and again under load.
 *
 * @module
 */
import { findRabbitmq, pause } from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { killRuntime } from "./kill.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

const GAP_MS = 1_000;

Deno.test({
  name: "[D4] [D16] every job arrives while a runtime is killed once a second",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({ vhost });
    const startMs = performance.now();
    const scale = readScale(40);
    const calling = callForJobs(mesh, printedRandom(), scale);
    let kills = 0;
    while (performance.now() - startMs < scale.durationMs) {
      // This is the fault: so long a gap, and no longer.
      await pause(GAP_MS);
      if (killRuntime(mesh, "second.runtime") !== undefined) kills += 1;
    }
    await assertAllArrived(mesh, await calling);
    const sidecar = linesOf(mesh, "second.sidecar");
    assertFelt("the runtime is killed every second", {
      kills,
      deathsDuringCalls: countLines(sidecar, "the runtime died during calls"),
      away: countLines(sidecar, "the runtime is away"),
    }, { jobs: scale.jobs, seconds: Math.round((performance.now() - startMs) / 1_000) });
    await assertStopsClean(mesh);
  },
});
