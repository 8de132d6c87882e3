import { DatabaseSync } from "node:sqlite";
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

/** Fan-outs that are forgotten at a time. */
const FORGET_AT_A_TIME = 500;

/** SQLite's codes for a file that others hold, a disk that is full or fails, a file out of reach. */
const AWAY: readonly unknown[] = [5, 6, 8, 10, 13, 14];

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS join_fan_outs (
    key TEXT PRIMARY KEY, job_id TEXT NOT NULL, record TEXT NOT NULL, expires_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS join_fan_outs_by_expiry ON join_fan_outs (expires_ms);
  CREATE TABLE IF NOT EXISTS join_branches (
    key TEXT NOT NULL REFERENCES join_fan_outs ON DELETE CASCADE,
    run TEXT NOT NULL, idx INTEGER NOT NULL,
    outcome TEXT NOT NULL, payload TEXT, error TEXT,
    PRIMARY KEY (key, run, idx)
  );
`;

/**
 * Opens the SQLite file of a join, which the replicas on one machine share.
 *
 * @param path the file; made where it does not exist, readable by its owner
 * @param busyTimeoutMs how long another replica's write is waited for
 */
export function openSqliteJoins(path: string, busyTimeoutMs = 5_000): JoinTable {
  Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
  db.exec(SCHEMA);
  const sql = prepare(db);

  const take = (
    group: JoinGroup,
    arrival: Arrival,
    first: FanOutRecord,
    plan: (found: FoundFanOut) => JoinPlan,
  ): JoinAnswer => {
    const [key, run] = [keyOf(group), runOf(group)];
    const { index, outcome, payload, error } = arrival;
    sql.insert.run(key, group.jobId, JSON.stringify(first), first.expiresMs);
    const record = JSON.parse(String(sql.read.get(key)?.record));
    const isKept = sql.has.get(key, run, index) !== undefined;
    const { keep, record: changed, answer } = plan({ record, isKept });
    if (keep) sql.add.run(key, run, index, outcome, textOf(payload), textOf(error));
    if (changed) sql.write.run(JSON.stringify(changed), changed.expiresMs, key);
    if (answer.kind !== "merge") return answer;
    const kept = sql.branches.all(key, answer.winner).map(toArrival);
    const { winner: _, count, ...said } = answer;
    return { ...said, merged: mergeBranches(count, kept) };
  };

  const forget = (nowMs: number) =>
    sql.forget.run(nowMs, FORGET_AT_A_TIME).changes === FORGET_AT_A_TIME;

  return {
    take: asPromise((...given) => inTransaction(db, sql, () => take(...given))),
    forget: asPromise((nowMs) => inTransaction(db, sql, () => forget(nowMs))),
    isAway: (error) =>
      error instanceof Error && "errcode" in error && AWAY.includes(Number(error.errcode) & 0xff),
    [Symbol.asyncDispose]: asPromise(() => db.close()),
  };
}

type Prepared = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  const branch = "key = ? AND run = ?";
  return {
    // Unlike what the database runs itself, these say which error it was.
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    insert: db.prepare("INSERT OR IGNORE INTO join_fan_outs VALUES (?, ?, ?, ?)"),
    read: db.prepare("SELECT record FROM join_fan_outs WHERE key = ?"),
    write: db.prepare("UPDATE join_fan_outs SET record = ?, expires_ms = ? WHERE key = ?"),
    has: db.prepare(`SELECT 1 FROM join_branches WHERE ${branch} AND idx = ?`),
    add: db.prepare("INSERT INTO join_branches VALUES (?, ?, ?, ?, ?, ?)"),
    branches: db.prepare(`SELECT idx, outcome, payload, error FROM join_branches WHERE ${branch}`),
    forget: db.prepare(
      `DELETE FROM join_fan_outs WHERE key IN
         (SELECT key FROM join_fan_outs WHERE expires_ms < ? ORDER BY expires_ms LIMIT ?)`,
    ),
  };
}

/** Runs reads and writes as one, and not beside those of another process. */
function inTransaction<T>(db: DatabaseSync, { begin, commit }: Prepared, work: () => T): T {
  begin.run();
  try {
    const result = work();
    commit.run();
    return result;
  } catch (error) {
    // SQLite itself ends what a full disk broke off.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The same, with a promise of what it returns or throws. */
function asPromise<A extends unknown[], T>(work: (...given: A) => T): (...given: A) => Promise<T> {
  return (...given) => Promise.try(work, ...given);
}
