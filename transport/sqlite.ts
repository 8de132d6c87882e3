import type { DatabaseSync } from "node:sqlite";
import { type Browsed, browseOneByOne, type Browser, type Look } from "./browser.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Bells, bellsFolder } from "./sqlite/bells.ts";
import { GroupCommit } from "./sqlite/group_commit.ts";
import { Hands, type Queue } from "./sqlite/hands.ts";
import { Intake } from "./sqlite/intake.ts";
import { Lease } from "./sqlite/lease.ts";
import { openFile } from "./sqlite/open_file.ts";
import { createQueries, type Queries, type WaitingRow } from "./sqlite/queries.ts";
import { describeError } from "./sqlite/sqlite_error.ts";
import { Taker } from "./takers.ts";
import type {
  ConsumeOptions,
  Consumer,
  Outgoing,
  PublishOutcome,
  QueueState,
  Transport,
  TransportEvent,
} from "./transport.ts";
import { closed, TransportError, unknownQueue } from "./transport_error.ts";

/** How to open an embedded broker. */
export interface SqliteOptions {
  /** The file; it and its folder are made where there is none. */
  readonly path: string;
  /** Is told what happens; must not throw. */
  readonly onEvent?: (event: TransportEvent) => void;
  /** How long others wait, in milliseconds, before they take over what a dead process held. */
  readonly leaseMs?: number;
  /** How long to go without looking, in milliseconds, when nothing rings. */
  readonly pollMs?: number;
  /** Tells when a delay or a lease is over. */
  readonly clock?: Clock;
}

/** How long a transport that closes waits for its last transactions. */
const closeLimitMs = 5_000;

/**
 * Opens durable queues in one SQLite file, shared by any number of processes of one machine.
 *
 * What arrives in one turn of the event loop is committed together. A message that is taken is
 * leased to its process; what a dead process held is taken over when its lease ends. Beside the file
 * stand SQLite's own `-wal` and `-shm`, and the folder `-bells` by which processes wake each other.
 *
 * @param options where the file is, and what else to know
 * @throws {TransportError} `unusable`, with what to do about it
 * @example
 * ```ts
 * import { openSqlite } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const transport = await openSqlite({ path: `${folder}/queues.db` });
 * await transport.declare(["ocr"]);
 * const body = new TextEncoder().encode("{}");
 * await transport.publish([{ queue: "ocr", body, messageId: "m1" }]);
 *
 * const taken = Promise.withResolvers<string | undefined>();
 * await transport.consume("ocr", {
 *   prefetch: 1,
 *   onDelivery: (delivery) => {
 *     delivery.ack().then(() => taken.resolve(delivery.messageId));
 *   },
 * });
 * assert.equal(await taken.promise, "m1");
 * await transport.close();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openSqlite(options: SqliteOptions): Promise<Transport & Browser> {
  return createSqliteTransport(await openFile(options.path), options);
}

/**
 * Makes a transport of an open file; closes it in the end.
 *
 * @param db the file, as `openFile` gives it
 * @param options what it was opened with
 */
export function createSqliteTransport(
  db: DatabaseSync,
  options: SqliteOptions,
): Transport & Browser {
  return new SqliteTransport(db, options);
}

class SqliteTransport implements Transport, Browser {
  readonly #db: DatabaseSync;
  readonly #options: SqliteOptions;
  readonly #clock: Clock;
  readonly #queries: Queries;
  readonly #commits: GroupCommit;
  readonly #lease: Lease;
  readonly #hands: Hands;
  readonly #bells: Bells;
  readonly #queues = new Map<string, number>();
  readonly #intakes = new Map<number, { intake: Intake; stop: () => void }>();
  #closing: Promise<void> | undefined;

  constructor(db: DatabaseSync, options: SqliteOptions) {
    const { path, leaseMs = 10_000, clock = systemClock } = options;
    this.#db = db;
    this.#options = options;
    this.#clock = clock;
    this.#queries = createQueries(db);
    this.#commits = new GroupCommit({
      db,
      probe: () => void this.#queries.giveBack(this.#queries.addOwner(0, 0)),
      onBroken: (error, retryInMs) =>
        this.#emit({ kind: "disconnected", reason: describeError(error, path), retryInMs }),
      onRepaired: () => this.#emit({ kind: "connected" }),
    });
    this.#lease = new Lease({ queries: this.#queries, commits: this.#commits, clock, leaseMs });
    this.#hands = new Hands({
      queries: this.#queries,
      commits: this.#commits,
      lease: this.#lease,
      onLost: (queue, messageId) => this.#emit({ kind: "hold_lost", queue, messageId }),
      onGained: (id) => this.#gained(id),
    });
    this.#bells = new Bells(
      bellsFolder(path),
      (error) => this.#emit({ kind: "polling", reason: describeError(error, bellsFolder(path)) }),
    );
    this.#emit({ kind: "connected" });
  }

  get connected(): boolean {
    return this.#closing === undefined && this.#commits.healthy;
  }

  declare(queues: readonly string[]): Promise<void> {
    return this.#insist(() => {
      for (const queue of queues) this.#queries.declare(queue);
    });
  }

  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]> {
    return Promise.all(messages.map((message) => this.#publishOne(message)));
  }

  async consume(queue: string, options: ConsumeOptions): Promise<Consumer> {
    const taker = new Taker(options);
    const id = await this.#insist(() => this.#queueId(queue));
    if (id !== undefined) this.#queues.set(queue, id);
    if (this.#closing) throw closed();
    if (id === undefined) throw unknownQueue(queue);
    const intake = this.#intakeOf({ id, name: queue });
    intake.takers.add(taker);
    intake.look();
    const setPaused = (paused: boolean) => {
      taker.paused = paused;
      intake.look();
      return Promise.resolve();
    };
    return {
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      close: () => {
        intake.takers.remove(taker);
        if (intake.takers.size === 0) this.#stopIntake(id);
        return Promise.resolve();
      },
    };
  }

  inspect(queue: string): Promise<QueueState | undefined> {
    return Promise.try(() =>
      this.#ask(() => {
        const id = this.#queueId(queue);
        return id === undefined ? undefined : this.#queries.state(id, this.#clock.now());
      })
    );
  }

  /** Reads one message after the other: nothing is held, and whoever takes messages sees them all. */
  async browse(queue: string, limit: number, look: Look): Promise<Browsed | undefined> {
    const id = this.#ask(() => this.#queueId(queue));
    if (id === undefined) return undefined;
    const next = (before?: WaitingRow & { readonly timestamp: Date }) => {
      const row = this.#ask(() => this.#queries.dueAfter(id, this.#clock.now(), before));
      return row && { ...row, timestamp: new Date(row.publishedAt) };
    };
    const remove = (row: WaitingRow) => this.#insist(() => this.#queries.removeWaiting(row.id));
    return await browseOneByOne(limit, next, look, remove);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    for (const id of [...this.#intakes.keys()]) this.#stopIntake(id);
    this.#lease.stop();
    const { owner } = this.#lease;
    this.#commits.add({
      work: () => {
        const queues = this.#queries.giveBack(owner);
        return () => queues.forEach((queue) => this.#bells.ring(queue));
      },
      dropped: () => {},
      durable: false,
      last: true,
    });
    await this.#commits.close(closeLimitMs);
    this.#bells.close();
    // Closing the last connection of all moves the write-ahead log into the file and removes it.
    this.#db.close();
  }

  #publishOne(message: Outgoing): Promise<PublishOutcome> {
    if (this.#closing) return Promise.resolve("failed");
    const body = message.body;
    return new Promise((resolve) => {
      this.#commits.add({
        work: () => {
          const queue = this.#queueId(message.queue);
          if (queue === undefined) return () => resolve("unroutable");
          this.#queries.insert(queue, message, this.#clock.now());
          return () => {
            this.#queues.set(message.queue, queue);
            this.#gained(queue);
            resolve("confirmed");
          };
        },
        failed: () => resolve("failed"),
        dropped: () => resolve("failed"),
        durable: true,
        bytes: body.length,
      });
    });
  }

  /** Reads something; what the file refuses becomes an error with a code. */
  #ask<T>(read: () => T): T {
    if (this.#closing) throw closed();
    try {
      return read();
    } catch (error) {
      this.#commits.report(error);
      const message = describeError(error, this.#options.path);
      throw new TransportError("unreachable", message, { cause: error });
    }
  }

  /** Does something inside a transaction, however long it takes to get one. */
  #insist<T>(work: () => T): Promise<T> {
    if (this.#closing) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#commits.add({
        work: () => {
          const result = work();
          return () => resolve(result);
        },
        dropped: () => reject(closed()),
        durable: true,
      });
    });
  }

  /** The number of a queue. Queues are never removed: once committed, it stays what it is. */
  #queueId(name: string): number | undefined {
    return this.#queues.get(name) ?? this.#queries.queueId(name);
  }

  #intakeOf(queue: Queue): Intake {
    const running = this.#intakes.get(queue.id);
    if (running) return running.intake;
    const intake = new Intake({
      queue,
      queries: this.#queries,
      commits: this.#commits,
      lease: this.#lease,
      hands: this.#hands,
      clock: this.#clock,
      pollMs: this.#options.pollMs ?? 1_000,
      onGained: (id) => this.#gained(id),
    });
    const deafen = this.#bells.listen(queue.id, () => intake.look());
    const stop = () => {
      intake.stop();
      deafen();
    };
    this.#intakes.set(queue.id, { intake, stop });
    return intake;
  }

  #stopIntake(id: number): void {
    this.#intakes.get(id)?.stop();
    this.#intakes.delete(id);
  }

  /** Wakes whoever takes messages from a queue, here and in other processes. */
  #gained(queue: number): void {
    this.#intakes.get(queue)?.intake.look();
    this.#bells.ring(queue);
  }

  /** Tells it later, so that whatever the listener does cannot change what is under way. */
  #emit(event: TransportEvent): void {
    queueMicrotask(() => this.#options.onEvent?.(event));
  }
}
