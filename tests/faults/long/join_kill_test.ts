/**
 * A thousand fan-outs over a join that is killed again and again, over each of its databases.
 *
 * @module
 */
import { findPostgres, findRabbitmq } from "../../kit/mod.ts";
import { joinWhileKilled } from "../joining.ts";

const rabbitmq = await findRabbitmq();
const postgres = await findPostgres();

const LONG = { scale: { jobs: 1_000, durationMs: 100_000 }, kills: 60 };

Deno.test({
  name: "[J1] [J3] [D13] [D16] a thousand fan-outs are each joined once: SQLite",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await joinWhileKilled({ store: "sqlite:.asya/jobs.db", vhost, ...LONG });
  },
});

Deno.test({
  name: "[J1] [J3] [D13] [D16] a thousand fan-outs are each joined once: PostgreSQL",
  ignore: rabbitmq.isMissing || postgres.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using database = await postgres.createDatabase();
    await joinWhileKilled({ store: database.url, vhost, ...LONG });
  },
});
