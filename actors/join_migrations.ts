import type { Sql } from "@asya/program/postgres";

/** One step of the tables' history; a step that was released never changes. */
interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Names the lock under which one process at a time migrates, the gateway's too: "asyM". */
const LOCK = 0x6173794d;

/** A table in use is waited for no longer at a time: all who come later would wait behind us. */
const LOCK_WAIT = "3s";

const LEDGER = `
  CREATE SCHEMA IF NOT EXISTS asya;
  CREATE TABLE IF NOT EXISTS asya.join_migrations (
    version    int         PRIMARY KEY,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
`;

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "fan_outs",
    sql: `
      CREATE TABLE asya.join_fan_outs (
        key        text   PRIMARY KEY,
        job_id     text   NOT NULL,
        record     text   NOT NULL,
        expires_ms bigint NOT NULL
      );
      CREATE INDEX join_fan_outs_by_expiry ON asya.join_fan_outs (expires_ms);
      CREATE TABLE asya.join_branches (
        key     text NOT NULL REFERENCES asya.join_fan_outs ON DELETE CASCADE,
        run     text NOT NULL,
        idx     int  NOT NULL,
        outcome text NOT NULL,
        payload text,
        error   text,
        PRIMARY KEY (key, run, idx)
      );
    `,
  },
];

/**
 * Brings the tables of joins to this version: all that is missing, or nothing. Several processes
 * may do so at once; a database that needs nothing is only read.
 *
 * @param sql a connection to the database
 * @throws Error when the tables are of a newer version
 */
export async function migrateJoins(sql: Sql): Promise<void> {
  const [row] = await sql`SELECT to_regclass('asya.join_migrations') IS NOT NULL AS "hasLedger"`;
  if (row?.hasLedger && missingIn(await readVersion(sql)).length === 0) return;
  await sql.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${LOCK})`;
    await transaction.unsafe(`SET LOCAL lock_timeout = '${LOCK_WAIT}'`);
    await transaction.unsafe(LEDGER);
    for (const { version, name, sql: text } of missingIn(await readVersion(transaction))) {
      await transaction.unsafe(text);
      await transaction`
        INSERT INTO asya.join_migrations (version, name) VALUES (${version}, ${name})`;
    }
  });
}

async function readVersion(sql: Pick<Sql, "unsafe">): Promise<number> {
  const [row] = await sql.unsafe("SELECT max(version) AS version FROM asya.join_migrations");
  return Number(row?.version ?? 0);
}

function missingIn(version: number): readonly Migration[] {
  if (version <= MIGRATIONS.length) return MIGRATIONS.slice(version);
  throw new Error(
    `the tables of joins have version ${version}, made by a newer join; ` +
      `allowed: up to ${MIGRATIONS.length}, or that newer join`,
  );
}
