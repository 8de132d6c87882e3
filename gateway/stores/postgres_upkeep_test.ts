import { applyProgress } from "@asya/protocol";
import { systemClock } from "@asya/transport";
import assert from "node:assert/strict";
import { askOnce, findPostgres, openSql, poll } from "../../tests/kit/mod.ts";
import { startUpkeep } from "../jobs/upkeep.ts";
import { openPostgres } from "../testing/open_postgres.ts";
import { entryOf, jobOf } from "../testing/store_suite.ts";

const postgres = await findPostgres();
const ignore = postgres.isMissing;
const now = new Date("2026-01-01T00:00:01Z");

/** Finished jobs whose time is over. */
const OLD_JOBS = 50_000;

Deno.test({
  name: "postgres: fifty thousand old jobs are deleted while calls go on, and nobody waits for it",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using leader = await openPostgres(database.url);
    await using other = await openPostgres(database.url);
    await askOnce(database.url, (sql) =>
      sql.begin(async (transaction) => {
        const state = JSON.stringify(jobOf("old"));
        await transaction`
          INSERT INTO asya.jobs (serial, id, status, tool, deadline_ms, ended_ms, state)
          SELECT nextval('asya.job_serials'), 'old-' || n, 'Succeeded', 't', 0, n, ${state}
          FROM generate_series(1, ${OLD_JOBS}) AS n`;
        await transaction`
          INSERT INTO asya.job_values (job, payload) SELECT serial, '1' FROM asya.jobs`;
        await transaction`
          INSERT INTO asya.updates (job, seq, body)
          SELECT serial, seq, '{}' FROM asya.jobs CROSS JOIN generate_series(1, 4) AS seq`;
      }));
    // Somebody reads one of them for long, and somebody else has one in hand.
    const reader = openSql(database.url);
    const left = Promise.withResolvers<void>();
    const reading = reader.begin(async (transaction) => {
      await transaction`SELECT 1 FROM asya.jobs WHERE id = 'old-7' FOR SHARE`;
      await left.promise;
    });
    const deleted: number[] = [];
    const stop = startUpkeep({
      store: leader.store,
      clock: systemClock,
      ttlMs: 1_000,
      expire: () => Promise.resolve(),
      emit: (event) => event.kind === "jobs_deleted" && deleted.push(event.count),
    });
    const count = () => deleted.reduce((sum, some) => sum + some, 0);
    const createdAt: number[] = [];
    const waiting: string[] = [];
    for (let n = 0; count() < OLD_JOBS - 1; n++) {
      const id = `job-${n}`;
      await other.store.create(entryOf(id, { job: jobOf(id, { timeoutSeconds: 1e9 }) }));
      createdAt.push(count());
      if (n % 20 === 0) waiting.push(...await whoWaits(database.url));
    }
    assert.deepEqual(waiting, []);
    const between = createdAt.filter((at) => at > 0 && at < OLD_JOBS - 1).length;
    assert(between > 50, `${between} calls were answered between two slices`);
    assert(Math.max(...deleted) <= 200);
    left.resolve();
    await reading;
    await poll("the last one", () => count() === OLD_JOBS);
    await stop();
    await reader.end();
    for (const table of ["jobs", "job_values", "updates"]) {
      const [row] = await askOnce(
        database.url,
        (sql) => sql`SELECT count(*)::int AS n FROM ${sql(`asya.${table}`)}`,
      );
      assert.equal(row?.n, table === "updates" ? 0 : createdAt.length, table);
    }
  },
});

/** Statements that wait for somebody else's lock at this moment. */
async function whoWaits(url: string): Promise<string[]> {
  const rows = await askOnce(
    url,
    (sql) =>
      sql`SELECT query FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.map(({ query }) => query);
}

Deno.test({
  name: "[G5] postgres: news of many jobs with long names go out, in as many notices as they take",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using a = await openPostgres(database.url);
    await using b = await openPostgres(database.url);
    const ids = Array.from({ length: 200 }, (_, n) => `${n}-`.padEnd(200, "x"));
    await Promise.all(ids.map((id) => a.store.create(entryOf(id))));
    const told = new Set<string>();
    for (const id of ids) b.store.watch(id, () => told.add(id));
    const report = {
      ...{ step: "a", stepIndex: 0, totalSteps: 2, actorName: "a", message: "" },
      status: "received" as const,
    };
    await Promise.all(
      ids.map((id) => a.store.change(id, undefined, (state) => applyProgress(state, report, now))),
    );
    await poll("all news at the other gateway", () => told.size === ids.length);
  },
});

Deno.test({
  name: "postgres: a server with fewer connections than asked for is used with those that it gives",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const role = `few_${database.name}`;
    await using first = await openPostgres(database.url);
    await askOnce(
      database.url,
      (sql) =>
        sql.unsafe(`
        CREATE ROLE ${role} LOGIN PASSWORD 'plain' CONNECTION LIMIT 3;
        GRANT USAGE ON SCHEMA asya TO ${role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA asya TO ${role};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA asya TO ${role};`),
    );
    const url = new URL(database.url);
    [url.username, url.password] = [role, "plain"];
    try {
      await using under = await openPostgres(url.href, { poolSize: 20 });
      const { store } = under;
      const ids = Array.from({ length: 400 }, (_, n) => `job-${n}`);
      await Promise.all(ids.map((id) => store.create(entryOf(id))));
      const found = await Promise.all(ids.map(async (id) => {
        const [stored] = await Promise.all([
          store.read(id),
          store.updatesAfter(id, 0, 9),
          store.list({ limit: 1 }),
          store.hold([id], 1),
        ]);
        return stored?.job.id;
      }));
      assert.deepEqual(found, ids);
      assert.equal(store.healthy, true);
    } finally {
      await askOnce(database.url, (sql) => sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    }
    assert.equal(first.store.healthy, true);
  },
});

Deno.test({
  name: "postgres: a migration that others are in the way of holds nobody up, and is done later",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await (await openPostgres(database.url))[Symbol.asyncDispose]();
    await askOnce(database.url, (sql) =>
      sql.unsafe(`
        ALTER TABLE asya.jobs DROP COLUMN key, DROP COLUMN key_digest;
        DROP TABLE asya.writers, asya.pulse;
        DELETE FROM asya.migrations WHERE version > 1;
      `));
    // Somebody has read jobs, and does not end the transaction.
    const reader = openSql(database.url);
    const left = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const reading = reader.begin(async (transaction) => {
      await transaction`SELECT 1 FROM asya.jobs`;
      begun.resolve();
      await left.promise;
    });
    await begun.promise;
    await using opened = await openPostgres(database.url);
    assert.equal(opened.store.healthy, false);
    const told = opened.events.find(({ kind }) => kind === "disconnected");
    assert.match(told?.kind === "disconnected" ? told.reason : "", /lock timeout/);
    // Whoever came behind the migration is let through each time it gives up.
    await askOnce(database.url, (sql) =>
      sql.begin(async (transaction) => {
        await transaction`SET LOCAL statement_timeout = '10s'`;
        await transaction`SELECT count(*) FROM asya.jobs`;
      }));
    left.resolve();
    await reading;
    await reader.end();
    await poll("the migration", () => opened.store.healthy, { timeoutMs: 20_000 });
    assert.equal(opened.count("migrated"), 3);
  },
});
