/**
 * Two gateways that are killed at random under load, while clients call and watch at either. The
 * seed is printed; set ASYA_TEST_SEED for the same kills again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { askOnce, findPostgres, findRabbitmq, inTime, killPid, pause } from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { walkArguments } from "./calls.ts";
import { assertFelt, countLines } from "./felt.ts";
import { assertStopsClean, WALKERS, WALKING } from "./fleet.ts";
import { Gateways } from "./gateways.ts";
import { printedRandom, readScale } from "./scale.ts";
import { assertWatched, callReplicas } from "./watch_jobs.ts";

const [postgres, rabbitmq] = [await findPostgres(), await findRabbitmq()];

/** Milliseconds between two kills at most; a gateway takes about one second to be back. */
const MAX_PAUSE_MS = 3_000;

/** Every so many-th time, both are killed at once. */
const BOTH_OF = 4;

Deno.test({
  name:
    "[G2] [G3] [G5] [G11] [D2] [D16] gateways are killed at random, and every job arrives and is seen",
  ignore: postgres.isMissing || rabbitmq.isMissing,
  fn: async () => {
    const random = printedRandom();
    const scale = readScale(20);
    await using database = await postgres.createDatabase();
    await using vhost = await rabbitmq.createVhost();
    await using gateways = await Gateways.start({
      databaseUrls: [database.url, database.url],
      vhost,
      yaml: WALKERS,
      actors: WALKING,
    });
    const { mesh, replicas } = gateways;
    const startedMs = Date.now();
    const killed = new Set<number>();
    const over = new AbortController();
    const killing = (async () => {
      for (let kills = 1; !over.signal.aborted; kills++) {
        // Stands for whatever it is that ends gateways.
        await pause(200 + random() * MAX_PAUSE_MS);
        const victims = kills % BOTH_OF === 0 ? replicas : [replicas[random() < 0.5 ? 0 : 1]];
        for (const { process } of victims) {
          const pid = killPid(process.now.pid);
          if (pid !== undefined) killed.add(pid);
        }
      }
    })();
    const { accepted, watching, failures } = await callReplicas(replicas, random, {
      ...scale,
      argumentsOf: (n) => walkArguments(n, random),
    });
    over.abort();
    await killing;
    await gateways.waitUntilReady();
    const jobs = await assertAllArrived(mesh, accepted);
    const watched = await inTime("the end of all streams", watching, 60_000);
    assertWatched(watched);
    const [left] = await askOnce(
      database.url,
      (sql) =>
        sql`SELECT (SELECT count(*) FROM asya.outbox)::int AS unsent,
          (SELECT count(*) FROM asya.jobs WHERE ended_ms IS NULL)::int AS active`,
    );
    assert.deepEqual({ ...left }, { unsent: 0, active: 0 });
    assertFelt("gateways are killed", {
      kills: killed.size,
      failures,
      breaks: watched.reduce((sum, { breaks }) => sum + breaks, 0),
      leaders: countLines(gateways.lines, "this gateway looks after deadlines and old jobs"),
    }, {
      jobs: jobs.length,
      unheardOf: jobs.length - accepted.length,
      watched: watched.length,
      seconds: Math.round((Date.now() - startedMs) / 1_000),
    });
    await gateways.stop();
    await assertStopsClean(mesh);
  },
});
