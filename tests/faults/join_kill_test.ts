/**
 * A join of two replicas that are killed while branches come in, over each of its databases. The
 * seed is printed; set ASYA_TEST_SEED for the same kills again.
 *
 * @module
 */
import { findPostgres, findRabbitmq, pause } from "../kit/mod.ts";
import { joinWhileKilled } from "./joining.ts";

const rabbitmq = await findRabbitmq();
const postgres = await findPostgres();

const SHORT = { scale: { jobs: 32, durationMs: 4_000 }, kills: 4 };

Deno.test({
  name:
    "[J1] [J3] [D13] [D16] replicas of a join are killed, and each fan-out is joined once: SQLite",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await joinWhileKilled({ store: "sqlite:.asya/jobs.db", vhost, ...SHORT });
  },
});

Deno.test({
  name: "[J1] [J3] [D13] [D16] the same over PostgreSQL, which goes and comes meanwhile",
  ignore: rabbitmq.isMissing || postgres.hasNoServer,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using server = await postgres.createServer();
    await server.start();
    const breakOften = async () => {
      // Lets branches come first.
      await pause(SHORT.scale.durationMs / 4);
      await server.kill();
      // This is for how long it is away.
      await pause(2_000);
      await server.start();
    };
    const own = { url: `${server.url}/postgres`, breakOften };
    await joinWhileKilled({ store: "sqlite:.asya/jobs.db", own, vhost, ...SHORT });
  },
});
