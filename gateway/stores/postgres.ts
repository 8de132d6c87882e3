import {
  codeOf,
  describeDatabase,
  describeError,
  type OpenConnection,
  openConnection,
  Pool,
  requireAddress,
  UNIQUE_VIOLATION,
} from "@asya/program/postgres";
import type {
  Changed,
  Created,
  Entry,
  JobPage,
  JobQuery,
  NumberedUpdate,
  StoredJob,
  Taken,
  Transition,
  Unsent,
} from "../jobs/stored_job.ts";
import type { Census } from "../jobs/census.ts";
import type { PulseRow } from "../overview/pulse_store.ts";
import { isStorable } from "./postgres/array_literal.ts";
import { type Answer, Batches } from "./postgres/batches.ts";
import { ChangeDesk } from "./postgres/change_desk.ts";
import { insertJobs, type IntakeRow } from "./postgres/intake.ts";
import { insertKeyedJobs } from "./postgres/keyed_intake.ts";
import { Link } from "./postgres/link.ts";
import {
  findKey,
  listJobs,
  readJobs,
  readUpdates,
  type UpdateQuestion,
} from "./postgres/lookups.ts";
import { GONE, News } from "./postgres/news.ts";
import { holdUnsent, settleSent, takeDue } from "./postgres/outbox_rows.ts";
import { countJobs, deleteEnded, findOverdue, takeCensus } from "./postgres/upkeep_rows.ts";
import { putPulse, readPulse } from "./postgres/pulse_rows.ts";
import type { Store } from "./store.ts";
import { toStoreError } from "./store_error.ts";
import type { StoreEvent } from "./store_event.ts";

/** What a store of jobs in PostgreSQL stands on. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=require`. */
  readonly url: string;
  /** A PEM file: who may vouch for the server. */
  readonly caFile?: string | undefined;
  /** Connections for work; one more is kept for notices. */
  readonly poolSize: number;
  /** How long an answer may take before its connection counts as dead; not set: long enough. */
  readonly patienceMs?: number;
  readonly onEvent: (event: StoreEvent) => void;
}

/**
 * Keeps jobs in a PostgreSQL database, for any number of gateways. Its tables are made where there
 * are none, and brought to this version. A database that is away is waited for: until it comes, the
 * store is not healthy.
 *
 * @param options where, and whom to tell
 * @throws Error when the database refuses us as we are, with the reason
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, caFile } = options;
  const address = requireAddress(url, "asya-gateway");
  const open: OpenConnection = (onNotify) => openConnection({ address, caFile, onNotify });
  const store = new PostgresStore(open, options);
  try {
    await store.start();
    return store;
  } catch (error) {
    await store.close();
    const place = describeDatabase(address);
    const reason = describeError(error).replace(`${place}: `, "");
    throw new Error(`jobs cannot be kept in ${place}: ${reason}`, { cause: error });
  }
}

class PostgresStore implements Store {
  /** Tells what this one sends from what others do. */
  readonly #holder = crypto.randomUUID();
  readonly #news = new News();
  readonly #pool: Pool;
  readonly #link: Link;
  readonly #intake: Batches<IntakeRow, "stored">;
  /** Asks twice, which calls without a key need not wait for. */
  readonly #keyedIntake: Batches<IntakeRow, Created>;
  readonly #changes: ChangeDesk;
  readonly #reads: Batches<string, StoredJob | undefined>;
  readonly #updates: Batches<UpdateQuestion, NumberedUpdate[] | undefined>;

  constructor(open: OpenConnection, { poolSize, patienceMs, onEvent }: PostgresOptions) {
    const news = this.#news;
    const pool = this.#pool = new Pool({ open, size: poolSize, patienceMs });
    this.#link = new Link({
      open,
      patienceMs,
      onNotice: (text) => news.read(text),
      onGap: () => news.tellAll(),
      onEvent,
    });
    this.#changes = new ChangeDesk(pool);
    this.#intake = new Batches({
      ask: (rows) => this.#insert(rows),
      lanes: 2,
      maxQuestions: 512,
      sizeOf: ({ payload }) => payload.length,
    });
    this.#keyedIntake = new Batches({
      ask: (rows) => pool.run((sql) => insertKeyedJobs(sql, rows, this.#holder)),
      lanes: 2,
      maxQuestions: 256,
      sizeOf: ({ payload }) => payload.length,
    });
    this.#reads = new Batches({
      async ask(ids) {
        const found = await pool.run((sql) => readJobs(sql, ids));
        return ids.map((id) => ({ value: found.get(id) }));
      },
      lanes: 2,
      maxQuestions: 64,
    });
    this.#updates = new Batches({
      async ask(questions) {
        const slices = await pool.run((sql) => readUpdates(sql, questions));
        return slices.map((value) => ({ value }));
      },
      lanes: 2,
      maxQuestions: 256,
    });
  }

  start(): Promise<void> {
    return this.#link.start();
  }

  get healthy(): boolean {
    return this.#link.isUp && !this.#pool.isResting;
  }

  get aheadMs(): number {
    return this.#link.aheadMs;
  }

  create(entry: Entry): Promise<Created> {
    const { payload, payloadText = JSON.stringify(payload) } = entry;
    const row = { entry, payload: payloadText };
    return entry.key ? this.#keyedIntake.ask(row) : this.#intake.ask(row);
  }

  findKey(keyId: string): Promise<Taken | undefined> {
    if (!isStorable(keyId)) return Promise.resolve(undefined);
    return this.#attempt((pool) => pool.run((sql) => findKey(sql, keyId)));
  }

  read(id: string): Promise<StoredJob | undefined> {
    return isStorable(id) ? this.#reads.ask(id) : Promise.resolve(undefined);
  }

  list(query: JobQuery): Promise<JobPage> {
    return this.#attempt((pool) => pool.run((sql) => listJobs(sql, query)));
  }

  async change(
    id: string,
    branch: string | undefined,
    transition: Transition,
  ): Promise<Changed | undefined> {
    if (!isStorable(id)) return undefined;
    const changed = await this.#changes.ask({ id, branch, transition });
    if (changed?.change.kind === "changed") this.#news.tell(id, changed.job.updateCount);
    return changed;
  }

  updatesAfter(
    id: string,
    seq: number,
    limit: number,
  ): Promise<readonly NumberedUpdate[] | undefined> {
    if (!isStorable(id)) return Promise.resolve(undefined);
    return this.#updates.ask({ id, after: seq, limit });
  }

  watch(id: string, listener: () => void): () => void {
    return this.#news.watch(id, listener);
  }

  takeDue(nowMs: number, untilMs: number, limit: number): Promise<readonly Unsent[]> {
    const options = { nowMs, untilMs, limit, holder: this.#holder };
    return this.#attempt((pool) => pool.run((sql) => takeDue(sql, options)));
  }

  hold(ids: readonly string[], untilMs: number): Promise<readonly string[]> {
    return this.#attempt((pool) => pool.run((sql) => holdUnsent(sql, ids, untilMs, this.#holder)));
  }

  settle(ids: readonly string[]): Promise<void> {
    return this.#attempt((pool) => pool.run((sql) => settleSent(sql, ids)));
  }

  async overdue(nowMs: number, limit: number): Promise<readonly string[]> {
    if (!this.#link.isLeading) return [];
    return await this.#attempt((pool) => pool.run((sql) => findOverdue(sql, nowMs, limit)));
  }

  async deleteFinished(beforeMs: number, limit: number): Promise<number> {
    if (!this.#link.isLeading) return 0;
    const ids = await this.#attempt((pool) => pool.run((sql) => deleteEnded(sql, beforeMs, limit)));
    for (const id of ids) this.#news.tell(id, GONE);
    return ids.length;
  }

  async census(limit: number): Promise<Census | undefined> {
    if (!this.#link.isLeading) return undefined;
    return await this.#attempt((pool) => pool.run((sql) => takeCensus(sql, limit)));
  }

  countJobs(limit: number): Promise<Census["jobs"]> {
    return this.#attempt((pool) => pool.run((sql) => countJobs(sql, limit)));
  }

  putPulse(row: PulseRow, beforeSlot: number): Promise<void> {
    return this.#attempt((pool) => pool.run((sql) => putPulse(sql, row, beforeSlot)));
  }

  readPulse(fromSlot: number): Promise<readonly PulseRow[]> {
    return this.#attempt((pool) => pool.run((sql) => readPulse(sql, fromSlot)));
  }

  async close(): Promise<void> {
    const parts = [this.#intake, this.#keyedIntake, this.#changes, this.#reads, this.#updates];
    await Promise.all(parts.map((part) => part.settled()));
    await this.#link.stop();
    await this.#pool.close();
  }

  async #insert(rows: readonly IntakeRow[]): Promise<Answer<"stored">[]> {
    const stored = rows.map(() => ({ value: "stored" as const }));
    let wasAskedBefore = false;
    try {
      await this.#pool.run(async (sql, isAgain) => {
        wasAskedBefore = isAgain;
        await insertJobs(sql, rows, this.#holder);
      });
      return stored;
    } catch (error) {
      // The connection broke when they had been stored: they are all there, or none of them.
      if (wasAskedBefore && codeOf(error) === UNIQUE_VIOLATION) return stored;
      throw error;
    }
  }

  async #attempt<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    try {
      return await work(this.#pool);
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
