import { backoffMs, within } from "@asya/program";
import {
  type Connection,
  describeError,
  type OpenConnection,
  ServerError,
  troubleOf,
} from "@asya/program/postgres";
import type { StoreEvent } from "../store_event.ts";
import { migrate } from "./migrate.ts";
import { NEWS_CHANNEL } from "./news.ts";
import { forgetWriters } from "./recorder.ts";

/** What a link stands on. */
export interface LinkOptions {
  readonly open: OpenConnection;
  /** Takes a notice of another gateway, or of this one. */
  readonly onNotice: (text: string) => void;
  /** Is told that notices may have been missed. */
  readonly onGap: () => void;
  readonly onEvent: (event: StoreEvent) => void;
  /** How long an answer may take, before the connection counts as dead. */
  readonly patienceMs?: number | undefined;
}

/** Names the lock that is held by who looks after deadlines and old jobs: "asyL". */
const LEAD_LOCK = 0x6173794c;

/** How often the connection is looked at, and the lock asked for. */
const BEAT_MS = 1_000;

const PATIENCE_MS = 10_000;

/** For so long after a beat we lead: shorter than {@linkcode IDLE_LIMIT}, when others may. */
const LEAD_MS = 5_000;

/**
 * The server ends a session that does not beat, and with it lets go of the lock: a process that is
 * stopped keeps its connections. Servers before 14 cannot, and wait until they are gone.
 */
const IDLE_LIMIT = `
  SELECT set_config('idle_session_timeout', '10s', false)
  FROM pg_settings WHERE name = 'idle_session_timeout'`;

/** From when on a difference between two clocks is told. */
const CLOCK_DIFFERS_MS = 2_000;

/** Waits between tries: the longest is short enough for a database that is back to be found soon. */
const RETRY = { baseMs: 200, maxMs: 3_000 };

/** The same trouble is told again after this long. */
const REMIND_AFTER_MS = 60_000;

/**
 * Keeps one connection to the database for as long as the store is open, and opens it again for
 * ever. Over it others' notices come, and with it a lock is held by one gateway of all.
 */
export class Link {
  readonly #options: LinkOptions;
  #connection: Connection | undefined;
  #isLeading = false;
  /** When the last beat that was answered began. */
  #beatMs = -Infinity;
  /** Which of the server's processes serves us. */
  #process: number | undefined;
  #aheadMs = 0;
  #hasToldClock = false;
  #failures = 0;
  #told: { readonly reason: string; readonly atMs: number } | undefined;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  #endWait: () => void = () => {};

  /** @param options how to connect, and whom to tell */
  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Whether notices come at this moment. */
  get isUp(): boolean {
    return this.#connection?.isLost === false;
  }

  /** Whether this gateway is the one that looks after deadlines and old jobs. */
  get isLeading(): boolean {
    return this.isUp && this.#isLeading && performance.now() - this.#beatMs < LEAD_MS;
  }

  /** How far the server's clock is ahead of ours at least, in milliseconds; negative when behind. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /**
   * Connects, and keeps connecting. A database that is away is waited for behind the caller's back.
   *
   * @throws Error when the database refuses us as we are
   */
  async start(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      if (troubleOf(error) !== "away") throw error;
      this.#tell(error);
    }
    this.#running = this.#run();
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endWait();
    await this.#running;
    await this.#connection?.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        if (!this.#connection) await this.#connect();
        await this.#wait(BEAT_MS);
        if (!this.#isStopped) await this.#beat();
      } catch (error) {
        this.#connection?.abandon(describeError(error));
        this.#connection = undefined;
        this.#lead(false);
        if (!this.#isStopped) await this.#wait(this.#tell(error));
      }
    }
  }

  async #connect(): Promise<void> {
    const { open, onNotice, onGap, onEvent } = this.#options;
    const connection = await open((channel, text) => {
      if (channel === NEWS_CHANNEL) onNotice(text);
    });
    try {
      for (const { version, name } of await migrate(connection.sql)) {
        onEvent({ kind: "migrated", version, name });
      }
      await forgetWriters(connection.sql);
      await connection.sql.unsafe(IDLE_LIMIT);
      await connection.sql.unsafe(`LISTEN ${NEWS_CHANNEL}`);
      this.#connection = connection;
      this.#process = undefined;
      await this.#beat();
    } catch (error) {
      this.#connection = undefined;
      connection.abandon(describeError(error));
      throw error;
    }
    // A connection that is lost needs no further wait to be noticed.
    connection.lost.then(() => this.#endWait());
    this.#failures = 0;
    this.#told = undefined;
    onEvent({ kind: "connected" });
    onGap();
  }

  /** Asks for the lock, which is also a sign of life. */
  async #beat(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    if (connection.isLost) throw new Error(await connection.lost);
    const { patienceMs = PATIENCE_MS } = this.#options;
    const [beatMs, sentMs] = [performance.now(), Date.now()];
    const answer = await within(ask(connection, this.#isLeading), patienceMs);
    if (!answer.inTime) throw new Error(`no answer within ${patienceMs / 1_000} s`);
    const { isLeading, process, nowMs } = answer.value;
    if (process !== (this.#process ??= process)) throw isShared();
    this.#beatMs = beatMs;
    this.#compareClocks(sentMs, nowMs, Date.now());
    this.#lead(isLeading);
  }

  /** Changes what is thought of the server's clock only as far as its answer proves it wrong. */
  #compareClocks(sentMs: number, nowMs: number, receivedMs: number): void {
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, nowMs - receivedMs), nowMs - sentMs);
    const differs = Math.abs(this.#aheadMs) >= CLOCK_DIFFERS_MS;
    if (differs && !this.#hasToldClock) {
      this.#options.onEvent({ kind: "clock_differs", aheadMs: this.#aheadMs });
    }
    this.#hasToldClock = differs;
  }

  #lead(isLeading: boolean): void {
    if (isLeading === this.#isLeading) return;
    this.#isLeading = isLeading;
    this.#options.onEvent({ kind: isLeading ? "leading" : "led_by_another" });
  }

  /** Waits between two beats or two tries; the end of the connection or of the link ends it. */
  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  /** Tells trouble when it begins, when it changes, and now and then. */
  #tell(error: unknown): number {
    const reason = describeError(error);
    const retryInMs = backoffMs(this.#failures++, Math.random(), RETRY);
    const atMs = performance.now();
    if (this.#told?.reason === reason && atMs - this.#told.atMs < REMIND_AFTER_MS) return retryInMs;
    this.#told = { reason, atMs };
    this.#options.onEvent({ kind: "disconnected", reason, retryInMs });
    return retryInMs;
  }
}

/** What a beat is answered with. */
interface Beat {
  readonly isLeading: boolean;
  readonly process: number;
  readonly nowMs: number;
}

async function ask({ sql }: Connection, isLeading: boolean): Promise<Beat> {
  const lock = isLeading ? sql`true` : sql`pg_try_advisory_lock(${LEAD_LOCK})`;
  const [beat] = await sql<Beat[]>`
    SELECT ${lock} AS "isLeading", pg_backend_pid() AS process,
      floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`;
  if (!beat) throw new ServerError("SERVER_SILENT", "the server answered with nothing");
  return beat;
}

/** What a connection is lent by a pooler that lends it to others in between. */
function isShared(): ServerError {
  return new ServerError(
    "SERVER_UNSUITABLE",
    "one connection was served by several sessions: a pooler shares them by transaction or by " +
      "statement; allowed: a session for each connection (PgBouncer: pool_mode = session)",
  );
}
