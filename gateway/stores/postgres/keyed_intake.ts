import { codeOf, type Sql, UNIQUE_VIOLATION } from "@asya/program/postgres";
import type { Created, Taken } from "../../jobs/stored_job.ts";
import { toArray } from "./array_literal.ts";
import type { Answer } from "./batches.ts";
import { insertJobs, type IntakeRow } from "./intake.ts";

/**
 * Stores jobs that have keys, but none whose key has a job already. It may be asked again for the
 * same rows: a row whose own job is there counts as stored.
 *
 * @param sql a connection
 * @param rows what to store
 * @param holder who sends their messages first
 * @returns for each row, in their order, what became of it
 * @throws Error where another one took a key meanwhile, and there are several rows it may belong to
 */
export async function insertKeyedJobs(
  sql: Sql,
  rows: readonly IntakeRow[],
  holder: string,
): Promise<Answer<Created>[]> {
  let taken = await findTaken(sql, rows);
  const fresh = rows.filter((row) => !taken.has(keyOf(row)));
  try {
    // Everybody takes keys in one order, so that no two wait for each other.
    if (fresh.length > 0) await insertJobs(sql, fresh.toSorted(byKey), holder);
  } catch (error) {
    if (rows.length > 1 || codeOf(error) !== UNIQUE_VIOLATION) throw error;
    taken = await findTaken(sql, rows);
    if (taken.size === 0) throw error;
  }
  return rows.map((row) => {
    const known = taken.get(keyOf(row));
    return { value: known && known.job.id !== row.entry.job.id ? known : "stored" };
  });
}

async function findTaken(sql: Sql, rows: readonly IntakeRow[]): Promise<Map<string, Taken>> {
  const found = await sql`
    SELECT key, key_digest, state FROM asya.jobs
    WHERE key = ANY (${toArray([...new Set(rows.map(keyOf))])}::text[])`;
  return new Map(
    found.map(({ key, key_digest: digest, state }) => [key, { job: JSON.parse(state), digest }]),
  );
}

function byKey(one: IntakeRow, other: IntakeRow): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

function keyOf({ entry }: IntakeRow): string {
  return entry.key?.id ?? "";
}
