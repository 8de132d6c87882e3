import { applyFinal } from "@asya/protocol";
import assert from "node:assert/strict";
import {
  askOnce,
  findPostgres,
  makeTempFolder,
  pathOf,
  poll,
  startProgram,
} from "../tests/kit/mod.ts";
import { migrations } from "./stores/postgres/migrations.ts";
import type { Store } from "./stores/store.ts";
import { openPostgres } from "./testing/open_postgres.ts";
import { entryOf } from "./testing/store_suite.ts";

const postgres = await findPostgres();
const ignore = postgres.isMissing;

/** The rights that the documentation tells platform engineers to grant. */
async function documentedGrants(): Promise<string> {
  const text = await Deno.readTextFile(pathOf("docs/postgres.md"));
  const sql = /```sql\n(GRANT[^`]*)```/.exec(text)?.[1];
  assert(sql);
  return sql;
}

/** Asks for everything that a gateway asks of its store. */
async function useAll(store: Store): Promise<void> {
  const now = new Date("2026-01-01T00:00:01Z");
  const key = { id: "k", digest: "d" };
  for (const id of ["a", "b", "c"]) assert.equal(await store.create(entryOf(id)), "stored");
  assert.equal(await store.create(entryOf("keyed", { key })), "stored");
  const untilMs = now.getTime() + 60_000;
  assert.equal((await store.takeDue(untilMs, untilMs + 1, 9)).length, 4);
  assert.deepEqual(await store.hold(["a"], untilMs + 2), []);
  await store.settle(["a"]);
  for (const branch of ["/0:2:ab", "/1:2:ab"]) {
    await store.change(
      "a",
      branch,
      (state) => applyFinal(state, { status: "failed", branch }, now),
    );
  }
  await store.change("b", undefined, (state) => applyFinal(state, { status: "succeeded" }, now));
  assert.equal((await store.read("a"))?.job.status, "Failed");
  assert((await store.updatesAfter("b", 0, 99) ?? []).length > 0);
  assert.equal((await store.list({ limit: 9 })).jobs.length, 4);
  await poll("the store to lead", async () => (await store.overdue(now.getTime() + 1e9, 9)).length);
  assert.equal(await store.deleteFinished(now.getTime() + 1, 9), 2);
}

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
    assert.match(dry.output, /^-- 1 jobs$/m);
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
  name: "gateway migrate: what a dry run prints, somebody else may run",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const { output } = await migrate(database.url, "--dry-run");
    await askOnce(database.url, (sql) => sql.unsafe(output));
    assert.equal((await migrate(database.url)).output, "the database is up to date");
    await using under = await openPostgres(database.url);
    assert.equal(await under.store.create(entryOf("a")), "stored");
  },
});

Deno.test({
  name: "postgres: tables that no migration has made are left alone, and said",
  ignore,
  fn: async () => {
    await using database = await postgres.createDatabase();
    const half = migrations[0]?.sql.split("CREATE TABLE asya.updates")[0] ?? "";
    await askOnce(database.url, (sql) => sql.unsafe(`CREATE SCHEMA asya; ${half}`));
    const words = /"job_serials" already exists \(42P07\); the schema asya was not made by this/;
    await assert.rejects(openPostgres(database.url), words);
    const run = await migrate(database.url);
    assert.equal(run.code, 1);
    assert.match(run.output, words);
    const [row] = await askOnce(
      database.url,
      (sql) => sql`SELECT to_regclass('asya.migrations') IS NULL AS "isNone"`,
    );
    assert.equal(row?.isNone, true, "nothing was made");
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
      await assert.rejects(
        openPostgres(url.href),
        /permission denied for database .* \(42501\); allowed: gateway migrate as somebody who may/,
      );
      assert.equal((await migrate(database.url)).code, 0);
      await assert.rejects(openPostgres(url.href), /permission denied for .* \(42501\); allowed: /);
      const grants = await documentedGrants();
      await askOnce(
        database.url,
        (sql) => sql.unsafe(grants.replaceAll("TO gateway", `TO ${role}`)),
      );
      await using under = await openPostgres(url.href);
      await useAll(under.store);
      assert.equal(under.store.healthy, true);
      assert.equal((await migrate(url.href)).output, "the database is up to date");
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
