import { backoffMs } from "@asya/program";
import { type Pool, type Sql, troubleOf } from "@asya/program/postgres";
import { type RecordRow, type WriteMark, writeRecords } from "./change_rows.ts";

/** For so long an answer that was lost is asked for, before whoever waits is told that it was. */
const UNKNOWN_LIMIT_MS = 10_000;

/** Waits between two questions for it. */
const RETRY = { baseMs: 50, maxMs: 1_000 };

/**
 * Records changes of jobs exactly once, one statement after the other. When a connection breaks,
 * nobody knows whether its statement was done: so each leaves its number, and the jobs that it
 * changed, in the one row of its writer, in the same transaction. Who asks again looks there first.
 */
export class Recorder {
  readonly #pool: Pool;
  readonly #writer = crypto.randomUUID();
  #number = 0;

  /** @param pool connections to the database */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Records changes of jobs that still are as they were read; no two calls at a time.
   *
   * @param rows at most one for each job
   * @returns the numbers of the jobs that were changed; somebody else has changed the others
   */
  async write(rows: readonly RecordRow[]): Promise<ReadonlySet<string>> {
    const mark: WriteMark = { writer: this.#writer, number: ++this.#number };
    let wasAsked = false;
    let giveUpAtMs = Infinity;
    for (let failures = 0;; failures++) {
      try {
        return await this.#pool.run(async (sql) => {
          const isAgain = wasAsked;
          wasAsked = true;
          return isAgain ? await writeAgain(sql, rows, mark) : await writeRecords(sql, rows, mark);
        });
      } catch (error) {
        const isUnknown = wasAsked && troubleOf(error) === "away";
        giveUpAtMs = Math.min(giveUpAtMs, performance.now() + UNKNOWN_LIMIT_MS);
        if (!isUnknown || performance.now() >= giveUpAtMs) throw error;
        // Waits for a database that was away when its answer was due.
        await new Promise((resolve) =>
          setTimeout(resolve, backoffMs(failures, Math.random(), RETRY))
        );
      }
    }
  }
}

/**
 * Asks again. An attempt that was thought to be lost may still be under way at the server: so its
 * mark is looked for once more after ours, which has waited for the rows that it holds.
 */
async function writeAgain(
  sql: Sql,
  rows: readonly RecordRow[],
  mark: WriteMark,
): Promise<ReadonlySet<string>> {
  const before = await readMark(sql, mark);
  if (before) return before;
  const written = await writeRecords(sql, rows, mark);
  const recorded = await readMark(sql, mark);
  return written.union(recorded ?? new Set());
}

/** What a statement has changed, if it was done and its writer has done none since. */
async function readMark(sql: Sql, { writer, number }: WriteMark): Promise<Set<string> | undefined> {
  const rows = await sql`
    SELECT unnest(serials)::text AS serial FROM asya.writers
    WHERE writer = ${writer} AND number = ${number}`;
  return rows.length > 0 ? new Set(rows.map(({ serial }) => serial)) : undefined;
}

/**
 * Forgets writers whose gateways are gone.
 *
 * @param sql a connection
 */
export async function forgetWriters(sql: Sql): Promise<void> {
  await sql`DELETE FROM asya.writers WHERE at < now() - interval '1 day'`;
}
