import type { Branch, BranchReport, Job, JobUpdate, Json } from "@asya/protocol";
import type { Census, CountedStatus } from "../jobs/census.ts";
import type { PulseRow } from "../overview/pulse_store.ts";
import type { SearchedRows } from "./search_jobs.ts";
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type {
  JobKey,
  JobQuery,
  NumberedUpdate,
  Outgoing,
  StoredJob,
  Taken,
  Unsent,
} from "../jobs/stored_job.ts";

/** A job and the number it has in this file. */
export interface JobRow {
  readonly serial: number;
  readonly job: Job;
}

/** The rows of a store of jobs, as values; each method is one or two statements. */
export class SqliteRows {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  insertJob(job: Job, endedMs: number | undefined): number {
    const { lastInsertRowid } = this.#statement(
      "INSERT INTO jobs (id, status, tool, owner, deadline_ms, ended_ms, state) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(
      job.id,
      job.status,
      job.tool,
      job.owner ?? null,
      Date.parse(job.deadline),
      endedMs ?? null,
      JSON.stringify(job),
    );
    return Number(lastInsertRowid);
  }

  setKey(serial: number, key: JobKey): void {
    this.#statement("UPDATE jobs SET key = ?, key_digest = ? WHERE serial = ?")
      .run(key.id, key.digest, serial);
  }

  findKey(id: string): Taken | undefined {
    const row = this.#statement("SELECT state, key_digest FROM jobs WHERE key = ?").get(id);
    return row && { job: parse<Job>(row.state), digest: String(row.key_digest) };
  }

  insertValues(serial: number, payloadText: string, result: Json | undefined): void {
    this.#statement("INSERT INTO job_values (job, payload, result) VALUES (?, ?, ?)")
      .run(serial, payloadText, result === undefined ? null : JSON.stringify(result));
  }

  updateJob(serial: number, job: Job, endedMs: number | undefined): void {
    this.#statement("UPDATE jobs SET status = ?, ended_ms = ?, state = ? WHERE serial = ?")
      .run(job.status, endedMs ?? null, JSON.stringify(job), serial);
  }

  updateResult(serial: number, result: Json): void {
    this.#statement("UPDATE job_values SET result = ? WHERE job = ?")
      .run(JSON.stringify(result), serial);
  }

  findJob(id: string): JobRow | undefined {
    const row = this.#statement("SELECT serial, state FROM jobs WHERE id = ?").get(id);
    return row && { serial: Number(row.serial), job: parse<Job>(row.state) };
  }

  readJob(id: string): StoredJob | undefined {
    const row = this.#statement(
      "SELECT serial, state, payload, result FROM jobs JOIN job_values ON job = serial WHERE id = ?",
    ).get(id);
    if (!row) return undefined;
    const job = parse<Job>(row.state);
    const ended = job.status === "Failed" ? this.branchEnds(Number(row.serial)) : [];
    return {
      job,
      payload: parse<Json>(row.payload),
      ...(row.result !== null && { result: parse<Json>(row.result) }),
      ...(ended.length > 0 && { ended }),
    };
  }

  listJobs(query: JobQuery, beforeSerial: number, limit: number): JobRow[] {
    return this.#listWhere(query, [["serial < ?", [beforeSerial]]], limit);
  }

  /** Jobs in which a search may find something, newest first. */
  searchJobs(query: JobQuery, { below, from, count, texts }: SearchedRows): JobRow[] {
    const { plain, inJson } = texts;
    return this.#listWhere(query, [
      ["serial < ?", [below]],
      ["serial >= ?", [from]],
      [
        "(substr(lower(id), 1, length(?)) = ? OR instr(lower(tool), ?) > 0 " +
        "OR (status = 'Failed' AND instr(lower(state), ?) > 0))",
        [plain, plain, plain, inJson],
      ],
    ], count);
  }

  /** The lowest and the highest number of a job. */
  span(): { lowest: number; highest: number } | undefined {
    const row = this.#statement("SELECT min(serial) AS lowest, max(serial) AS highest FROM jobs")
      .get();
    if (typeof row?.lowest !== "number" || typeof row.highest !== "number") return undefined;
    return { lowest: row.lowest, highest: row.highest };
  }

  #listWhere(
    { status, tool, owner }: JobQuery,
    which: readonly (readonly [string, readonly SQLInputValue[]])[],
    limit: number,
  ): JobRow[] {
    const conditions = [
      ...which,
      ...status === undefined ? [] : [["status = ?", [status]] as const],
      ...tool === undefined ? [] : [["tool = ?", [tool]] as const],
      ...owner === undefined ? [] : [["owner = ?", [owner]] as const],
    ];
    const where = conditions.map(([condition]) => condition).join(" AND ");
    return this.#statement(
      `SELECT serial, state FROM jobs WHERE ${where} ORDER BY serial DESC LIMIT ?`,
    ).all(...conditions.flatMap(([, values]) => values), limit).map((row) => ({
      serial: Number(row.serial),
      job: parse<Job>(row.state),
    }));
  }

  insertUpdates(serial: number, firstSeq: number, updates: readonly JobUpdate[]): void {
    const insert = this.#statement("INSERT INTO updates (job, seq, body) VALUES (?, ?, ?)");
    updates.forEach((update, index) => {
      insert.run(serial, firstSeq + index, JSON.stringify(update));
    });
  }

  updatesAfter(id: string, seq: number, limit: number): NumberedUpdate[] | undefined {
    const rows = this.#statement(
      "SELECT seq, body FROM updates WHERE job = (SELECT serial FROM jobs WHERE id = ?) " +
        "AND seq > ? ORDER BY seq LIMIT ?",
    ).all(id, seq, limit);
    if (rows.length === 0 && !this.#statement("SELECT 1 FROM jobs WHERE id = ?").get(id)) {
      return undefined;
    }
    return rows.map((row) => ({ seq: Number(row.seq), update: parse<JobUpdate>(row.body) }));
  }

  findBranch(serial: number, lineage: string): Branch | undefined {
    const row = this.#statement("SELECT state FROM branches WHERE job = ? AND lineage = ?")
      .get(serial, lineage);
    return row && parse<Branch>(row.state);
  }

  putBranch(serial: number, branch: Branch): void {
    this.#statement("INSERT OR REPLACE INTO branches (job, lineage, state) VALUES (?, ?, ?)")
      .run(serial, branch.lineage, JSON.stringify(branch));
  }

  branchEnds(serial: number): BranchReport[] {
    return this.#statement("SELECT body FROM branch_ends WHERE job = ? ORDER BY serial")
      .all(serial).map((row) => parse<BranchReport>(row.body));
  }

  insertBranchEnd(serial: number, ended: BranchReport): void {
    this.#statement("INSERT INTO branch_ends (job, body) VALUES (?, ?)")
      .run(serial, JSON.stringify(ended));
  }

  insertOutgoing(serial: number, outgoing: Outgoing): void {
    this.#statement("INSERT INTO outbox (job, headers, due_ms) VALUES (?, ?, ?)")
      .run(serial, JSON.stringify(outgoing.headers), outgoing.dueMs);
  }

  deleteOutgoing(serial: number): void {
    this.#statement("DELETE FROM outbox WHERE job = ?").run(serial);
  }

  settle(id: string): void {
    this.#statement("DELETE FROM outbox WHERE job = (SELECT serial FROM jobs WHERE id = ?)")
      .run(id);
  }

  /** Whether there is such a message. */
  hold(id: string, untilMs: number): boolean {
    const { changes } = this.#statement(
      "UPDATE outbox SET due_ms = ? WHERE job = (SELECT serial FROM jobs WHERE id = ?)",
    ).run(untilMs, id);
    return Number(changes) > 0;
  }

  /** Nobody else sends what is in this file: what a process left behind is due at once. */
  makeAllDue(): void {
    this.#statement("UPDATE outbox SET due_ms = 0").run();
  }

  takeDue(nowMs: number, untilMs: number, limit: number): Unsent[] {
    const rows = this.#statement(
      "SELECT serial, state, payload, headers FROM outbox JOIN jobs ON serial = outbox.job " +
        "JOIN job_values ON job_values.job = serial WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
    ).all(nowMs, limit);
    const hold = this.#statement("UPDATE outbox SET due_ms = ? WHERE job = ?");
    for (const row of rows) hold.run(untilMs, row.serial ?? null);
    return rows.map((row) => ({
      job: parse<Job>(row.state),
      payload: parse<Json>(row.payload),
      headers: parse<Record<string, string>>(row.headers),
    }));
  }

  overdue(nowMs: number, limit: number): string[] {
    return this.#statement(
      "SELECT id FROM jobs WHERE ended_ms IS NULL AND deadline_ms <= ? ORDER BY deadline_ms LIMIT ?",
    ).all(nowMs, limit).map((row) => String(row.id));
  }

  census(limit: number): Census {
    const oldest = this.#statement(
      "SELECT state FROM jobs WHERE serial = (SELECT min(job) FROM outbox)",
    ).get();
    return {
      jobs: this.countJobs(limit),
      unsent: this.#count("outbox", limit),
      oldestUnsentAt: oldest && parse<Job>(oldest.state).createdAt,
    };
  }

  countJobs(limit: number): Census["jobs"] {
    const ofStatus = (status: CountedStatus) =>
      this.#count(`jobs WHERE status = '${status}'`, limit);
    return {
      Pending: ofStatus("Pending"),
      Running: ofStatus("Running"),
      Succeeded: ofStatus("Succeeded"),
      Failed: ofStatus("Failed"),
    };
  }

  putPulse({ gateway, slot, counts }: PulseRow, beforeSlot: number): void {
    this.#statement("INSERT OR REPLACE INTO pulse (slot, gateway, counts) VALUES (?, ?, ?)")
      .run(slot, gateway, counts);
    this.#statement("DELETE FROM pulse WHERE slot < ?").run(beforeSlot);
  }

  readPulse(fromSlot: number): PulseRow[] {
    return this.#statement("SELECT slot, gateway, counts FROM pulse WHERE slot >= ?")
      .all(fromSlot).map(({ slot, gateway, counts }) => ({
        slot: Number(slot),
        gateway: String(gateway),
        counts: String(counts),
      }));
  }

  /** Deletes some jobs that ended before a time, with all that belongs to them. */
  deleteFinished(beforeMs: number, limit: number): string[] {
    const rows = this.#statement(
      "SELECT serial, id FROM jobs WHERE ended_ms < ? ORDER BY ended_ms LIMIT ?",
    ).all(beforeMs, limit);
    const deletes = ["job_values", "updates", "branches", "branch_ends", "outbox"]
      .map((table) => this.#statement(`DELETE FROM ${table} WHERE job = ?`));
    deletes.push(this.#statement("DELETE FROM jobs WHERE serial = ?"));
    for (const row of rows) for (const statement of deletes) statement.run(row.serial ?? null);
    return rows.map((row) => String(row.id));
  }

  #count(from: string, limit: number): number {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} LIMIT ?)`;
    return Number(this.#statement(sql).get(limit)?.n);
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql) ?? this.#db.prepare(sql);
    this.#prepared.set(sql, known);
    return known;
  }
}

/** What this store wrote, and nobody else may have. */
function parse<T>(text: SQLOutputValue | undefined): T {
  return JSON.parse(String(text));
}
