import assert from "node:assert/strict";
import { askOnce, findPostgres, makeTempFolder, startProgram } from "../tests/kit/mod.ts";
import { migrations } from "./stores/postgres/migrations.ts";
import { openPostgres } from "./testing/open_postgres.ts";

const postgres = await findPostgres();
const ignore = postgres.isMissing;

/** Runs `gateway migrate …` to its end. */
async function migrate(url: string, ...args: string[]) {
  await using folder = await makeTempFolder();
  await using process = await startProgram("gateway", {
    args: ["migrate", ...args],
    cwd: folder.path,
    env: { ASYA_DATABASE_URL: url, ASYA_SQLITE_PATH: folder.at("queues.db") },
  });
  const { code } = await process.ended();
  return { code, output: process.output };
}

Deno.test(
  "migrations have numbers without a gap, and names of their own",
  { permissions: "none" },
  () => {
    assert.deepEqual(migrations.map(({ version }) => version), migrations.map((_, at) => at + 1));
    assert.equal(new Set(migrations.map(({ name }) => name)).size, migrations.length);
  },
);

Deno.test({
  name: "gateway migrate: five processes at once apply each migration once",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const runs = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0, 0, 0], JSON.stringify(runs));
    const outputs = runs.map(({ output }) => output);
    assert.equal(outputs.filter((output) => output.includes("applied 0001 jobs")).length, 1);
    assert.equal(outputs.filter((output) => output === "the database is up to date").length, 4);
    await using under = await openPostgres(database.url);
    assert.equal(under.count("migrated"), 0);
  },
});

Deno.test({
  name: "gateway migrate: a dry run prints what is missing and changes nothing",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const dry = await migrate(database.url, "--dry-run");
    assert.equal(dry.code, 0);
    assert.match(dry.output, /^-- 0001 jobs$/m);
    assert.match(dry.output, /CREATE TABLE asya\.jobs/);
    const before = await migrate(database.url, "--status");
    assert.match(before.output, /^0001 jobs {2}pending$/m);
    assert.equal((await migrate(database.url)).code, 0);
    const after = await migrate(database.url, "--status");
    assert.match(after.output, /^0001 jobs {2}applied \d{4}-\d\d-\d\dT/m);
    assert.equal(
      (await migrate(database.url, "--dry-run")).output,
      "-- the database is up to date",
    );
  },
});

Deno.test({
  name: "gateway migrate: what it cannot do is said",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const hushed = database.url.replace(/:[^:@]+@/, ":hush@");
    const rows: [number, RegExp, string, ...string[]][] = [
      [2, /migrate got --now; allowed: --dry-run, --status, or nothing/, database.url, "--now"],
      [2, /ASYA_DATABASE_URL is no database with migrations/, "memory:"],
      [1, /migrate failed: postgres:\/\/.*password authentication failed/, hushed],
    ];
    for (const [code, words, url, ...args] of rows) {
      const run = await migrate(url, ...args);
      assert.equal(run.code, code, run.output);
      assert.match(run.output, words);
      assert.doesNotMatch(run.output, /hush/);
    }
  },
});

Deno.test({
  name: "postgres: a database of a newer gateway is refused and left as it is",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    assert.equal((await migrate(database.url)).code, 0);
    await askOnce(
      database.url,
      (sql) => sql`INSERT INTO asya.migrations (version, name) VALUES (99, 'beyond')`,
    );
    const words = /migration 99 \(beyond\), made by a newer gateway; allowed: up to \d+/;
    await assert.rejects(openPostgres(database.url), words);
    assert.match((await migrate(database.url)).output, words);
  },
});

Deno.test({
  name: "postgres: a user who may not make tables works where they are made",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const role = `role_${database.name}`;
    await askOnce(database.url, async (sql) => {
      await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`);
    });
    const url = new URL(database.url);
    [url.username, url.password] = [role, "plain"];
    try {
      await assert.rejects(openPostgres(url.href), /permission denied for database .* \(42501\)/);
      assert.equal((await migrate(database.url)).code, 0);
      await askOnce(database.url, async (sql) => {
        await sql.unsafe(`
          GRANT USAGE ON SCHEMA asya TO ${role};
          GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA asya TO ${role};
          GRANT USAGE ON ALL SEQUENCES IN SCHEMA asya TO ${role};`);
      });
      await using under = await openPostgres(url.href);
      assert.equal(under.store.healthy, true);
    } finally {
      await askOnce(database.url, async (sql) => {
        await sql.unsafe(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      });
    }
  },
});

Deno.test({
  name: "postgres: a database of another encoding is refused",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const name = `latin_${database.name}`;
    await askOnce(database.url, async (sql) => {
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    });
    try {
      const url = new URL(database.url);
      url.pathname = `/${name}`;
      await assert.rejects(openPostgres(url.href), /encoding is LATIN1; allowed: UTF8/);
    } finally {
      await askOnce(database.url, async (sql) => {
        await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
      });
    }
  },
});
