import { DatabaseSync } from "node:sqlite";
import type { Json } from "@asya/protocol";
import { decideJoin } from "./join_rule.ts";

/** Which fan-out an arrival belongs to. */
export interface JoinGroup {
  readonly jobId: string;
  /** Index of the join in the route: one route may have several. */
  readonly stepIndex: number;
  /** Lineage of the message that was fanned out; `""` where it had none. */
  readonly parent: string;
  /** Which run of the fan-out it is: a repeated one may differ. */
  readonly group: string;
  /** Branches it has. */
  readonly count: number;
}

/** How one branch came to a join. */
export interface Arrival {
  /** Position of the branch in its fan-out. */
  readonly index: number;
  readonly outcome: "arrived" | "empty" | "failed";
  /** What it brought, where it arrived. */
  readonly payload?: Json;
  /** Why it failed, in a sentence. */
  readonly error?: string;
}

/** What a join answers to one arrival. */
export type JoinAnswer =
  | { readonly kind: "wait" }
  /** One payload per branch, in their order; `null` for an empty one. */
  | { readonly kind: "merge"; readonly branches: Json[] }
  | { readonly kind: "fail"; readonly reason: string };

/** What a join remembers, across restarts and replicas. */
export interface JoinState extends Disposable {
  /**
   * Takes an arrival in and decides. Of all arrivals of one fan-out exactly one gets the merge or
   * the failure; asked about again, that one gets the same answer again.
   */
  arrive(group: JoinGroup, arrival: Arrival): JoinAnswer;
}

/** How long another replica's write is waited for. */
const BUSY_TIMEOUT_MS = 5_000;

const SCHEMA = `
  PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS arrivals (
    job_id TEXT, step_index INTEGER, parent TEXT, run TEXT, idx INTEGER,
    outcome TEXT NOT NULL, payload TEXT, error TEXT, arrived_at INTEGER NOT NULL,
    PRIMARY KEY (job_id, step_index, parent, run, idx)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS decisions (
    job_id TEXT, step_index INTEGER, parent TEXT,
    run TEXT NOT NULL, idx INTEGER NOT NULL, decided_at INTEGER NOT NULL,
    PRIMARY KEY (job_id, step_index, parent)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS arrivals_by_age ON arrivals (arrived_at);
  CREATE INDEX IF NOT EXISTS decisions_by_age ON decisions (decided_at);
`;

const FAN_OUT = "job_id = ? AND step_index = ? AND parent = ?";

/**
 * Opens a join's memory: one SQLite file that several processes may share.
 *
 * @param path the file; made where it does not exist
 * @param keepMs milliseconds after which an arrival or a decision is forgotten
 * @param now the clock, in milliseconds
 */
export function openJoinState(path: string, keepMs: number, now: () => number): JoinState {
  const db = new DatabaseSync(path);
  db.exec(SCHEMA);
  const sql = {
    decision: db.prepare(`SELECT run, idx FROM decisions WHERE ${FAN_OUT}`),
    arrive: db.prepare("INSERT OR IGNORE INTO arrivals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    tally: db.prepare(
      `SELECT count(*) AS here, count(*) FILTER (WHERE outcome = 'failed') AS failed
       FROM arrivals WHERE ${FAN_OUT} AND run = ?`,
    ),
    decide: db.prepare("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?)"),
    arrivals: db.prepare(
      `SELECT idx, outcome, payload, error FROM arrivals WHERE ${FAN_OUT} AND run = ? ORDER BY idx`,
    ),
    forgetArrivals: db.prepare("DELETE FROM arrivals WHERE arrived_at < ?"),
    forgetDecisions: db.prepare("DELETE FROM decisions WHERE decided_at < ?"),
  };

  const arrive = (group: JoinGroup, arrival: Arrival): JoinAnswer => {
    const { count } = group;
    const fanOut = [group.jobId, group.stepIndex, group.parent];
    const run = `${count}:${group.group}`;
    const { index, outcome, payload, error } = arrival;
    const earlier = sql.decision.get(...fanOut);
    if (earlier && (earlier.run !== run || earlier.idx !== index)) return { kind: "wait" };
    if (!earlier) {
      const content = payload === undefined ? null : JSON.stringify(payload);
      sql.arrive.run(...fanOut, run, index, outcome, content, error ?? null, now());
    }
    const tally = sql.tally.get(...fanOut, run);
    const failed = Number(tally?.failed);
    const decision = decideJoin({ count, ended: Number(tally?.here) - failed, failed });
    if (decision === "wait") return { kind: "wait" };
    if (!earlier) {
      sql.decide.run(...fanOut, run, index, now());
      sql.forgetArrivals.run(now() - keepMs);
      sql.forgetDecisions.run(now() - keepMs);
    }
    const rows = sql.arrivals.all(...fanOut, run);
    return decision === "merge" ? merged(rows, count) : failure(rows, count);
  };

  return {
    arrive: (group, arrival) => inTransaction(db, () => arrive(group, arrival)),
    [Symbol.dispose]: () => db.close(),
  };
}

type Row = Record<string, unknown>;

function merged(rows: readonly Row[], count: number): JoinAnswer {
  const branches: Json[] = Array(count).fill(null);
  for (const { idx, payload } of rows) {
    if (typeof payload === "string") branches[Number(idx)] = JSON.parse(payload);
  }
  return { kind: "merge", branches };
}

function failure(rows: readonly Row[], count: number): JoinAnswer {
  const first = rows.find((row) => row.outcome === "failed");
  const why = typeof first?.error === "string" ? `: ${first.error}` : "";
  const reason = `branch ${Number(first?.idx) + 1} of ${count} failed${why}`;
  return { kind: "fail", reason };
}

/** Runs reads and writes as one, and not beside those of another process. */
function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself ends what a full disk broke off.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
