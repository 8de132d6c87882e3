import { applyMigrations, type Migration, type Sql } from "@asya/program/postgres";

/** Where migrations are written down, in the schema `asya`. */
const LEDGER = "join_migrations";

/** All of them, in order. One that was published is never changed: another one follows it. */
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
  const findMissing = async (transaction: Pick<Sql, "unsafe">) =>
    missingIn(await readVersion(transaction));
  await applyMigrations(sql, LEDGER, findMissing);
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
