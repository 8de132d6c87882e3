import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import { kindOfError } from "./sqlite_error.ts";

/** One piece of work inside a transaction that it shares with others. */
export interface Operation {
  /**
   * Does it, and returns what is to be done once it is committed. It is called again when a
   * transaction could not be finished, so it must change nothing but the file.
   */
  readonly work: () => () => void;
  /**
   * Is told that it was not done, or that nobody knows. Without it, the work is tried again until
   * it succeeds or everything is closed.
   */
  readonly failed?: (error: unknown) => void;
  /** Is told that it will never be done, since everything is closed. */
  readonly dropped: () => void;
  /** Whether it must survive a loss of power once it is committed. */
  readonly durable: boolean;
  /** Whether it wants to see what all others in its transaction did. */
  readonly last?: boolean;
  /** How much it writes, where that is much. */
  readonly bytes?: number;
}

/** What a group commit stands on. */
export interface GroupCommitOptions {
  readonly db: DatabaseSync;
  /** Writes something that changes nothing, to find out whether a broken file works again. */
  readonly probe: () => void;
  /** Is told when the file breaks. */
  readonly onBroken: (error: unknown, retryInMs: number) => void;
  /** Is told when it works again. */
  readonly onRepaired: () => void;
  /** After so much time without getting the lock, the file counts as broken. */
  readonly maxBusyMs?: number;
}

/** Bounds of one transaction, and so of the time for which it blocks the event loop. */
const maxOperations = 256;
const maxBytes = 16 * 1024 * 1024;

/**
 * Does what arrives in one turn of the event loop in one transaction, so that all of it shares one
 * wait for the disk. While another process has the lock, or the file is broken, work waits here
 * and the event loop does not.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #pending: Operation[] = [];
  readonly #run: Readonly<Record<Command, () => void>>;
  #level: "FULL" | "NORMAL" | undefined;
  #cancelFlush: (() => void) | undefined;
  #busySinceMs: number | undefined;
  #failures = 0;
  #closed = false;
  #onIdle: () => void = () => {};

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    const prepare = (sql: string) => {
      const statement = options.db.prepare(sql);
      return () => void statement.run();
    };
    this.#run = {
      begin: prepare("BEGIN IMMEDIATE"),
      commit: prepare("COMMIT"),
      rollback: prepare("ROLLBACK"),
    };
  }

  /** Whether the file worked when it was last used. */
  get healthy(): boolean {
    return this.#failures === 0 && !this.#closed;
  }

  /** Adds an operation to the next transaction. */
  add(operation: Operation): void {
    if (this.#closed) return operation.dropped();
    this.#pending.push(operation);
    this.#cancelFlush ??= whenTurnEnds(() => this.#flush());
  }

  /** Takes note of an error that was met outside of a transaction. */
  report(error: unknown): void {
    if (this.healthy && kindOfError(error) === "broken") this.#breakDown([], error);
  }

  /**
   * Waits until nothing is pending, but no longer than a while, and not at all for a broken file
   * that still is; then drops what is left.
   */
  async close(limitMs: number): Promise<void> {
    if (this.#failures > 0) {
      this.#cancelFlush?.();
      this.#flush();
    }
    if (this.#pending.length > 0 && this.healthy) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onIdle = resolve;
      // Waits for the last transactions; another process' lock must not hold us up for ever.
      const timer = setTimeout(resolve, limitMs);
      await promise;
      clearTimeout(timer);
    }
    this.#closed = true;
    this.#cancelFlush?.();
    for (const operation of this.#pending.splice(0)) operation.dropped();
  }

  #flush(): void {
    this.#cancelFlush = undefined;
    const batch = this.#nextBatch();
    const outcome = this.#transact(batch);
    if (outcome.kind === "busy") return this.#waitForLock(batch, outcome.error);
    if (outcome.kind === "broken") return this.#breakDown(batch, outcome.error);
    this.#busySinceMs = undefined;
    if (this.#failures > 0) {
      this.#failures = 0;
      this.#options.onRepaired();
    }
    for (const after of outcome.after) after();
    if (this.#pending.length === 0) this.#onIdle();
    else this.#cancelFlush ??= whenTurnEnds(() => this.#flush());
  }

  #nextBatch(): Operation[] {
    let count = 0;
    let bytes = 0;
    for (const operation of this.#pending) {
      bytes += operation.bytes ?? 0;
      if (count === maxOperations || (count > 0 && bytes > maxBytes)) break;
      count += 1;
    }
    const batch = this.#pending.splice(0, count);
    return batch.sort((one, other) => Number(one.last ?? false) - Number(other.last ?? false));
  }

  #transact(batch: readonly Operation[]): Outcome {
    const after: (() => void)[] = [];
    try {
      this.#setLevel(batch.some((operation) => operation.durable) ? "FULL" : "NORMAL");
      this.#run.begin();
      for (const operation of batch) {
        try {
          after.push(operation.work());
        } catch (error) {
          const { failed } = operation;
          if (failed === undefined || kindOfError(error) !== "refused") throw error;
          after.push(() => failed(error));
        }
      }
      this.#run.commit();
      return { kind: "done", after };
    } catch (error) {
      if (this.#options.db.isTransaction) this.#run.rollback();
      return { kind: kindOfError(error) === "busy" ? "busy" : "broken", error };
    }
  }

  /** What need not survive a loss of power need not wait for the disk. */
  #setLevel(level: "FULL" | "NORMAL"): void {
    if (this.#level === level) return;
    // This pragma works when it is prepared, not when it is run: it cannot be kept prepared.
    this.#options.db.exec(`PRAGMA synchronous = ${level}`);
    this.#level = level;
  }

  #waitForLock(batch: readonly Operation[], error: unknown): void {
    const nowMs = performance.now();
    this.#busySinceMs ??= nowMs;
    const maxBusyMs = this.#options.maxBusyMs ?? 10_000;
    if (nowMs - this.#busySinceMs >= maxBusyMs) return this.#breakDown(batch, error);
    this.#pending.unshift(...batch);
    // Waits for another process to finish its transaction; a random time, so that those who wait
    // do not come back together.
    this.#flushAfter(Math.random() * 4);
  }

  #breakDown(batch: readonly Operation[], error: unknown): void {
    const longestMs = Math.min(5_000, 100 * 2 ** this.#failures);
    const retryInMs = Math.round((0.5 + Math.random() / 2) * longestMs);
    this.#busySinceMs = undefined;
    this.#failures += 1;
    if (this.#failures === 1) this.#options.onBroken(error, retryInMs);
    this.#pending.unshift(...batch.filter((operation) => operation.failed === undefined));
    for (const operation of batch) operation.failed?.(error);
    if (this.#pending.length === 0) this.#pending.push(this.#probe());
    // Waits for the disk to have space again, for the file to come back, for the lock.
    this.#flushAfter(retryInMs);
  }

  #flushAfter(delayMs: number): void {
    this.#cancelFlush?.();
    const timer = setTimeout(() => this.#flush(), delayMs);
    this.#cancelFlush = () => clearTimeout(timer);
  }

  #probe(): Operation {
    const work = () => {
      this.#options.probe();
      return () => {};
    };
    return { work, dropped: () => {}, durable: true };
  }
}

type Command = "begin" | "commit" | "rollback";

type Outcome =
  | { readonly kind: "done"; readonly after: readonly (() => void)[] }
  | { readonly kind: "busy"; readonly error: unknown }
  | { readonly kind: "broken"; readonly error: unknown };

/** Calls back when this turn of the event loop is over; returns a function that calls it off. */
function whenTurnEnds(callback: () => void): () => void {
  const immediate = setImmediate(callback);
  return () => clearImmediate(immediate);
}
