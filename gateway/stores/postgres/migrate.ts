import {
  applyMigrations,
  codeOf,
  describeError,
  ledgerSql,
  type Migration,
  ServerError,
  type Sql,
} from "@asya/program/postgres";
import { migrations } from "./migrations.ts";

/** A migration that a database has. */
export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly at: Date;
}

/** Where a database stands. */
export interface MigrationStatus {
  readonly applied: readonly Applied[];
  readonly pending: readonly Migration[];
}

/** Where migrations are written down, in the schema `asya`. */
const LEDGER = "migrations";

/**
 * Brings a database to the version of this program: all that is missing, or nothing. Several
 * processes may do so at once. A database that needs nothing is only read.
 *
 * @param sql a connection to the database
 * @returns what was applied
 * @throws Error when the database is of a newer version, or somebody has its tables in use for long
 */
export async function migrate(sql: Sql): Promise<readonly Migration[]> {
  const { pending } = await readStatus(sql);
  if (pending.length === 0) return [];
  await requireUtf8(sql);
  const findMissing = async (transaction: Pick<Sql, "unsafe">) =>
    statusOf(await readApplied(transaction)).pending;
  return await explained(applyMigrations(sql, LEDGER, findMissing));
}

/**
 * What {@linkcode migrate} would do, as a script for somebody else to run: all of it or nothing.
 *
 * @param pending what is missing
 */
export function scriptOf(pending: readonly Migration[]): string {
  const steps = pending.map(({ version, name, sql }) =>
    `-- ${version} ${name}\n${sql.trim()}\n` +
    `INSERT INTO asya.migrations (version, name) VALUES (${version}, '${name}');\n`
  );
  return ["BEGIN;", ledgerSql(LEDGER).trim(), ...steps, "COMMIT;"].join("\n");
}

/**
 * Reads where a database stands; changes nothing.
 *
 * @param sql a connection to the database
 * @throws Error when the database is of a newer version
 */
export async function readStatus(sql: Sql): Promise<MigrationStatus> {
  const read = async () => {
    const [row] = await sql`SELECT to_regclass('asya.migrations') IS NOT NULL AS "hasLedger"`;
    return row?.hasLedger ? await readApplied(sql) : [];
  };
  return statusOf(await explained(read()));
}

async function readApplied(sql: Pick<Sql, "unsafe">): Promise<Applied[]> {
  const rows = await sql.unsafe(
    "SELECT version, name, applied_at FROM asya.migrations ORDER BY version",
  );
  return rows.map(({ version, name, applied_at: at }) => ({ version, name, at }));
}

function statusOf(applied: readonly Applied[]): MigrationStatus {
  const newest = applied.at(-1);
  if (newest && newest.version > migrations.length) {
    throw new ServerError(
      "SERVER_UNSUITABLE",
      `the database has migration ${newest.version} (${newest.name}), made by a newer gateway; ` +
        `allowed: up to ${migrations.length}, or that newer gateway`,
    );
  }
  const has = new Set(applied.map(({ version }) => version));
  return { applied, pending: migrations.filter(({ version }) => !has.has(version)) };
}

/** Jobs may hold any character there is. */
async function requireUtf8(sql: Sql): Promise<void> {
  const [row] = await sql`SHOW server_encoding`;
  if (row?.server_encoding === "UTF8") return;
  throw new ServerError(
    "SERVER_UNSUITABLE",
    `the database's encoding is ${row?.server_encoding}; allowed: UTF8 (CREATE DATABASE … ENCODING)`,
  );
}

/** Codes of what is there already: a schema, a table, a column, an index or sequence. */
const DUPLICATES = ["42P06", "42P07", "42701", "42710"];

const INSUFFICIENT_PRIVILEGE = "42501";

/** Adds to an error what somebody can do about it. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  const code = codeOf(error);
  const advice = code === INSUFFICIENT_PRIVILEGE
    ? "allowed: gateway migrate as somebody who may make tables, and for gateways the rights that " +
      "docs/postgres.md lists"
    : code !== undefined && DUPLICATES.includes(code)
    ? "the schema asya was not made by this program, or only by a part of it; allowed: a database " +
      "without that schema, or with all of it as a backup has it"
    : undefined;
  if (advice === undefined) return error;
  return new ServerError("SERVER_UNSUITABLE", `${describeError(error)}; ${advice}`, {
    cause: error,
  });
}
