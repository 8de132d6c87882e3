import {
  openConnection,
  Pool,
  requireAddress,
  type Sql,
  type Transaction,
  troubleOf,
} from "@asya/program/postgres";
import { migrateJoins } from "./join_migrations.ts";
import {
  type FanOutRecord,
  type FoundFanOut,
  type JoinPlan,
  keyOf,
  mergeBranches,
  runOf,
} from "./join_plan.ts";
import { textOf, toArrival } from "./join_row.ts";
import type { Arrival, JoinAnswer, JoinGroup } from "./join_state.ts";
import type { JoinTable } from "./join_table.ts";

/** Connections of one replica: it works on few messages at a time. */
const POOL_SIZE = 4;

/** Fan-outs that are forgotten at a time. */
const FORGET_AT_A_TIME = 500;

/**
 * Keeps fan-outs in a PostgreSQL database, for any number of replicas on any machines. Nothing is
 * opened yet: a database that is away is found to be so by whoever wants something of it.
 *
 * @param url where
 * @param caFile a PEM file: who may vouch for the server
 */
export function openPostgresJoins(url: string, caFile: string | undefined): JoinTable {
  const address = requireAddress(url, "asya-join");
  const pool = new Pool({ open: () => openConnection({ address, caFile }), size: POOL_SIZE });
  let isMigrated = false;

  const run = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    pool.run(async (sql) => {
      if (!isMigrated) await migrateJoins(sql);
      isMigrated = true;
      return await work(sql);
    });

  return {
    take: (group, arrival, first, plan) =>
      run(async (sql) => {
        const take = (transaction: Transaction) =>
          takeArrival(transaction, group, arrival, first, plan);
        return await sql.begin(take) as JoinAnswer;
      }),
    forget: (nowMs) =>
      run(async (sql) => {
        const { count } = await sql`
          DELETE FROM asya.join_fan_outs WHERE key IN (
            SELECT key FROM asya.join_fan_outs WHERE expires_ms < ${nowMs}
            ORDER BY expires_ms LIMIT ${FORGET_AT_A_TIME} FOR UPDATE SKIP LOCKED)`;
        return count === FORGET_AT_A_TIME;
      }),
    isAway: (error) => ["away", "conflict", "refused"].includes(troubleOf(error)),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** The fan-out's row is locked until the end: other replicas wait for it, and then see it all. */
async function takeArrival(
  sql: Transaction,
  group: JoinGroup,
  arrival: Arrival,
  first: FanOutRecord,
  plan: (found: FoundFanOut) => JoinPlan,
): Promise<JoinAnswer> {
  const [key, run] = [keyOf(group), runOf(group)];
  const { index, outcome, payload, error } = arrival;
  const found = await findOrInsert(sql, { key, run, index, jobId: group.jobId, first });
  const { keep, record, answer } = plan(found);
  if (keep) {
    await sql`INSERT INTO asya.join_branches
      VALUES (${key}, ${run}, ${index}, ${outcome}, ${textOf(payload)}, ${textOf(error)})`;
  }
  if (record) {
    await sql`UPDATE asya.join_fan_outs
      SET record = ${JSON.stringify(record)}, expires_ms = ${record.expiresMs} WHERE key = ${key}`;
  }
  if (answer.kind !== "merge") return answer;
  const rows = await sql`SELECT idx, outcome, payload, error FROM asya.join_branches
    WHERE key = ${key} AND run = ${answer.winner}`;
  const { winner: _, count, ...said } = answer;
  return { ...said, merged: mergeBranches(count, rows.map(toArrival)) };
}

async function findOrInsert(
  sql: Transaction,
  fanOut: { key: string; run: string; index: number; jobId: string; first: FanOutRecord },
): Promise<FoundFanOut> {
  const { key, run, index, jobId, first } = fanOut;
  const [row] = await sql`SELECT record FROM asya.join_fan_outs WHERE key = ${key} FOR UPDATE`;
  if (!row) {
    const { count } = await sql`
      INSERT INTO asya.join_fan_outs
      VALUES (${key}, ${clean(jobId)}, ${JSON.stringify(first)}, ${first.expiresMs})
      ON CONFLICT (key) DO NOTHING`;
    // Where nothing was inserted another replica did so just now.
    return count > 0 ? { record: first, isKept: false } : await findOrInsert(sql, fanOut);
  }
  // In one statement with the lock, this would see what was there before the wait for it.
  const { count } = await sql`
    SELECT FROM asya.join_branches WHERE key = ${key} AND run = ${run} AND idx = ${index}`;
  return { record: JSON.parse(row.record), isKept: count > 0 };
}

/** Text without the one character that PostgreSQL keeps in no text. */
function clean(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").toWellFormed();
}
