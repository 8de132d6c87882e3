import type { Sql, Transaction } from "./connection.ts";

/** One step from one version of a program's tables to the next. */
export interface Migration {
  /** 1 for the first one. */
  readonly version: number;
  /** What it brings, in a word. */
  readonly name: string;
  /** Its statements. */
  readonly sql: string;
}

/** Names the lock under which one process at a time migrates, of whatever program: "asyM". */
const LOCK = 0x6173794d;

/** A table in use is waited for no longer at a time: all who come later would wait behind us. */
const LOCK_WAIT = "3s";

/**
 * The statements that make the table in which a program writes down its migrations, and its schema.
 *
 * @param ledger the table's name in the schema `asya`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ledgerSql } from "@asya/program/postgres";
 * assert.match(ledgerSql("migrations"), /CREATE TABLE IF NOT EXISTS asya\.migrations \(/);
 * ```
 */
export function ledgerSql(ledger: string): string {
  return `
  CREATE SCHEMA IF NOT EXISTS asya;
  CREATE TABLE IF NOT EXISTS asya.${ledger} (
    version    int         PRIMARY KEY,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
`;
}

/**
 * Applies what is missing, all of it or nothing. Others who migrate are waited for, for as long as
 * that takes; whoever has a table in use, for a moment.
 *
 * @param sql a connection to the database
 * @param ledger the table in which migrations are written down, by its name in the schema `asya`
 * @param findMissing what is missing, asked when nobody else migrates
 * @returns what was applied
 */
export async function applyMigrations(
  sql: Sql,
  ledger: string,
  findMissing: (transaction: Transaction) => Promise<readonly Migration[]>,
): Promise<readonly Migration[]> {
  const apply = async (transaction: Transaction) => {
    await transaction`SET LOCAL statement_timeout = 0`;
    await transaction`SELECT pg_advisory_xact_lock(${LOCK})`;
    await transaction.unsafe(`SET LOCAL lock_timeout = '${LOCK_WAIT}'`);
    await transaction.unsafe(ledgerSql(ledger));
    const missing = await findMissing(transaction);
    for (const { version, name, sql: text } of missing) {
      await transaction.unsafe(text);
      await transaction.unsafe(`INSERT INTO asya.${ledger} (version, name) VALUES ($1, $2)`, [
        version,
        name,
      ]);
    }
    return missing;
  };
  return await sql.begin(apply) as readonly Migration[];
}
