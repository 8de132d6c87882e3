import { type Branch, isTerminal, type Job, lineageOf } from "@asya/protocol";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type Changed,
  type Created,
  type Entry,
  firstSeq,
  type JobPage,
  type JobQuery,
  type NumberedUpdate,
  type StoredJob,
  type Taken,
  type Transition,
  type Unsent,
} from "../jobs/stored_job.ts";
import type { Census } from "../jobs/census.ts";
import type { PulseRow } from "../overview/pulse_store.ts";
import { GroupCommit } from "./group_commit.ts";
import { SqliteRows } from "./sqlite_rows.ts";
import { prepareDatabase } from "./sqlite_schema.ts";
import { type SearchedRows, searchJobs } from "./search_jobs.ts";
import type { Store } from "./store.ts";
import { toStoreError } from "./store_error.ts";
import { Watchers } from "./watchers.ts";

/** How long a statement waits for a reader of the same file, in milliseconds. */
const BUSY_TIMEOUT_MS = 250;

/**
 * Keeps jobs in one file, for one gateway at a time. A job is stored when the disk has it.
 *
 * @param path the file; it and its folder are made where there are none, readable by their owner
 * @throws Error when the file cannot be used, with the reason
 */
export async function openSqliteStore(path: string): Promise<Store> {
  let db: DatabaseSync | undefined;
  try {
    await createFile(path);
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    prepareDatabase(db);
    return new SqliteStore(db);
  } catch (error) {
    db?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`jobs cannot be kept in ${path}: ${reason}`, { cause: error });
  }
}

async function createFile(path: string): Promise<void> {
  const create = () => Deno.open(path, { write: true, create: true, mode: 0o600 });
  try {
    (await create()).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeFolder(dirname(path));
    (await create()).close();
  }
}

/** Whoever may write a file alone cannot make the folder that it is to be in. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Error(`make the folder ${folder}; it is not there, and this program may not`, {
      cause: error,
    });
  }
}

class SqliteStore implements Store {
  readonly aheadMs = 0;
  readonly #db: DatabaseSync;
  readonly #rows: SqliteRows;
  readonly #commits: GroupCommit;
  readonly #watchers = new Watchers();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#rows = new SqliteRows(db);
    this.#commits = new GroupCommit(db);
    this.#rows.makeAllDue();
  }

  get healthy(): boolean {
    return this.#commits.healthy;
  }

  create(entry: Entry): Promise<Created> {
    const { job, payload, result, updates, outgoing, key } = entry;
    const { payloadText = JSON.stringify(payload) } = entry;
    return this.#commits.run(() => {
      const taken = key && this.#rows.findKey(key.id);
      if (taken) return taken;
      const serial = this.#rows.insertJob(job, endOf(job));
      this.#rows.insertValues(serial, payloadText, result);
      this.#rows.insertUpdates(serial, 1, updates);
      if (outgoing) this.#rows.insertOutgoing(serial, outgoing);
      if (key) this.#rows.setKey(serial, key);
      return "stored";
    });
  }

  findKey(keyId: string): Promise<Taken | undefined> {
    return attempt(() => this.#rows.findKey(keyId));
  }

  read(id: string): Promise<StoredJob | undefined> {
    return attempt(() => this.#rows.readJob(id));
  }

  list(query: JobQuery): Promise<JobPage> {
    const { q } = query;
    if (q !== undefined) return this.#search(query, q);
    return attempt(() => {
      const before = Number(query.cursor ?? Number.MAX_SAFE_INTEGER);
      const rows = this.#rows.listJobs(query, before, query.limit + 1);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      return {
        jobs: page.map(({ job }) => job),
        ...(last && rows.length > page.length && { next: String(last.serial) }),
      };
    });
  }

  async change(
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined> {
    const changed = await this.#commits.run(() => this.#change(id, branch, transition));
    if (changed?.change.kind === "changed") this.#watchers.notify(id);
    return changed;
  }

  updatesAfter(
    id: string,
    seq: number,
    limit: number,
  ): Promise<readonly NumberedUpdate[] | undefined> {
    return attempt(() => this.#rows.updatesAfter(id, seq, limit));
  }

  watch(id: string, listener: () => void): () => void {
    return this.#watchers.watch(id, listener);
  }

  takeDue(nowMs: number, untilMs: number, limit: number): Promise<readonly Unsent[]> {
    return this.#commits.run(() => this.#rows.takeDue(nowMs, untilMs, limit));
  }

  hold(ids: readonly string[], untilMs: number): Promise<readonly string[]> {
    return this.#commits.run(() => ids.filter((id) => !this.#rows.hold(id, untilMs)));
  }

  settle(ids: readonly string[]): Promise<void> {
    return this.#commits.runSoon(() => {
      for (const id of ids) this.#rows.settle(id);
    });
  }

  overdue(nowMs: number, limit: number): Promise<readonly string[]> {
    return attempt(() => this.#rows.overdue(nowMs, limit));
  }

  async deleteFinished(beforeMs: number, limit: number): Promise<number> {
    const deleted = await this.#commits.run(() => this.#rows.deleteFinished(beforeMs, limit));
    for (const id of deleted) this.#watchers.notify(id);
    return deleted.length;
  }

  census(limit: number): Promise<Census> {
    return attempt(() => this.#rows.census(limit));
  }

  countJobs(limit: number): Promise<Census["jobs"]> {
    return attempt(() => this.#rows.countJobs(limit));
  }

  putPulse(row: PulseRow, beforeSlot: number): Promise<void> {
    return this.#commits.runSoon(() => this.#rows.putPulse(row, beforeSlot));
  }

  readPulse(fromSlot: number): Promise<readonly PulseRow[]> {
    return attempt(() => this.#rows.readPulse(fromSlot));
  }

  close(): Promise<void> {
    return attempt(() => {
      this.#commits.flush();
      this.#db.close();
    });
  }

  async #search(query: JobQuery, q: string): Promise<JobPage> {
    const span = await attempt(() => this.#rows.span());
    const rows = (which: SearchedRows) => attempt(() => this.#rows.searchJobs(query, which));
    return await searchJobs(query, q, { span, rows });
  }

  #change(id: string, branch: string | undefined, transition: Transition): Changed | undefined {
    const row = this.#rows.findJob(id);
    if (!row) return undefined;
    const { serial, job: before } = row;
    const state = { job: before, branches: this.#knownBranches(serial, branch) };
    let change = transition(state);
    if (change.kind === "needs_ended") {
      change = transition({ ...state, ended: this.#rows.branchEnds(serial) });
    }
    if (change.kind !== "changed") return { change, before, job: before };
    const { job, result, updates, branches = [], ended } = change;
    this.#rows.updateJob(serial, job, endOf(job));
    this.#rows.insertUpdates(serial, firstSeq(job, updates.length), updates);
    if (result !== undefined) this.#rows.updateResult(serial, result);
    for (const moved of branches) this.#rows.putBranch(serial, moved);
    if (ended) this.#rows.insertBranchEnd(serial, ended);
    if (isTerminal(job.status)) this.#rows.deleteOutgoing(serial);
    return { change, before, job };
  }

  #knownBranches(serial: number, branch: string | undefined): Map<string, Branch> {
    const known = new Map<string, Branch>();
    for (const lineage of branch === undefined ? [] : lineageOf(branch)) {
      const found = this.#rows.findBranch(serial, lineage);
      if (found) known.set(lineage, found);
    }
    return known;
  }
}

function endOf(job: Job): number | undefined {
  return isTerminal(job.status) ? Date.parse(job.updatedAt) : undefined;
}

/** Does something at once; what the database throws becomes a rejection. */
function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(toStoreError(error));
  }
}
