import { backoffMs } from "../backoff.ts";
import { within } from "../within.ts";
import type { Connection, Sql } from "./connection.ts";
import { ServerError, troubleOf } from "./postgres_error.ts";

/** How a pool opens and uses connections. */
export interface PoolOptions {
  /** Opens one more. */
  readonly open: () => Promise<Connection>;
  /** How many at most. */
  readonly size: number;
  /** How long a piece of work may take, before its connection counts as dead. */
  readonly patienceMs?: number | undefined;
  /** Milliseconds by a clock that nobody sets. */
  readonly now?: () => number;
}

/** Longer than the server itself lets a statement run. */
const PATIENCE_MS = 30_000;

/** For so long after a failure, no further connection is tried. */
const REST = { baseMs: 50, maxMs: 2_000 };

/** Repetitions of what other transactions stood in the way of. */
const MAX_CONFLICTS = 10;

/** Connections that work is done over, one piece at a time on each. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #now: () => number;
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #opening = 0;
  #failures = 0;
  #rest: { readonly untilMs: number; readonly error: unknown } | undefined;
  #isClosed = false;

  /**
   * Opens nothing yet.
   *
   * @param options how to open connections, and how many
   */
  constructor(options: PoolOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Whether the database failed us a moment ago, so that it is left alone for another one. One that
   * lets no more of us in has not failed those who are.
   */
  get isResting(): boolean {
    return this.#isWary && this.#open.size === 0;
  }

  /**
   * Does something over a connection, as soon as one is free. It is done again when its connection
   * broke amidst it, or when another transaction stood in its way: it must be such that this does no
   * harm.
   *
   * @param work asks; `isAgain` says that the same was asked before, and may have been done
   */
  async run<T>(work: (sql: Sql, isAgain: boolean) => Promise<T>): Promise<T> {
    for (let tries = 0;; tries++) {
      const connection = await this.#acquire();
      try {
        const result = await this.#inTime(connection, work(connection.sql, tries > 0));
        this.#failures = 0;
        return result;
      } catch (error) {
        const trouble = troubleOf(error);
        const wasLost = connection.isLost || trouble === "away";
        if (wasLost) connection.abandon("it failed");
        if (wasLost && tries > 0) this.#fail(error);
        const mayTryAgain = wasLost ? tries === 0 : trouble === "conflict" && tries < MAX_CONFLICTS;
        if (!mayTryAgain || this.#isClosed) throw error;
      } finally {
        this.#release(connection);
      }
    }
  }

  /** Ends all connections when what is under way is done; nothing more can be asked. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#open].map((connection) => connection.close()));
  }

  async #acquire(): Promise<Connection> {
    for (;;) {
      if (this.#isClosed) throw new ServerError("SERVER_SILENT", "the store is closed");
      const idle = this.#idle.pop();
      if (idle && !idle.isLost) return idle;
      if (idle) continue;
      if (this.#mayOpen) {
        const opened = await this.#openOne();
        if (opened) return opened;
      }
      if (this.#rest && this.isResting) {
        // Whoever waits has nothing to wait for either.
        this.#waiting.shift()?.();
        throw this.#rest.error;
      }
      // The rest ended between two looks at the clock: there is nobody yet who would wake us.
      if (this.#open.size + this.#opening === 0) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  get #mayOpen(): boolean {
    return !this.#isWary && this.#open.size + this.#opening < this.#options.size;
  }

  /** Whether opening a connection has failed a moment ago. */
  get #isWary(): boolean {
    return this.#rest !== undefined && this.#now() < this.#rest.untilMs;
  }

  /** Opens one; when that fails, those that there are have to do. */
  async #openOne(): Promise<Connection | undefined> {
    this.#opening++;
    try {
      const connection = await this.#options.open();
      this.#rest = undefined;
      this.#open.add(connection);
      connection.lost.then(() => {
        this.#open.delete(connection);
        this.#waiting.shift()?.();
      });
      return connection;
    } catch (error) {
      this.#fail(error);
      this.#waiting.shift()?.();
      return undefined;
    } finally {
      this.#opening--;
    }
  }

  #fail(error: unknown): void {
    const untilMs = this.#now() + backoffMs(this.#failures++, Math.random(), REST);
    this.#rest = { untilMs, error };
  }

  #release(connection: Connection): void {
    if (!connection.isLost) this.#idle.push(connection);
    this.#waiting.shift()?.();
  }

  async #inTime<T>(connection: Connection, work: Promise<T>): Promise<T> {
    const { patienceMs = PATIENCE_MS } = this.#options;
    const done = await within(work, patienceMs);
    if (done.inTime) return done.value;
    connection.abandon(`no answer within ${patienceMs / 1_000} s`);
    // What was asked fails at once with its connection.
    return await work;
  }
}
