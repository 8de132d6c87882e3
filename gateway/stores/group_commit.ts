import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import { toStoreError } from "./store_error.ts";

/**
 * What is wrong with one piece of work alone: a value that is too large, or against a constraint.
 *
 * @see https://www.sqlite.org/rescode.html
 */
const ITS_OWN = [18, 19];

/** One piece of work that shares its transaction with others. */
interface Operation {
  /** Does it. It is done again, alone, when another one in its transaction fails. */
  run(): void;
  committed(): void;
  failed(error: unknown): void;
}

/** Bounds one transaction, and so the time for which it blocks the event loop. */
const MAX_OPERATIONS = 512;

/** How long work waits for somebody else's transaction. */
const SOON_MS = 20;

/**
 * Does what arrives in one turn of the event loop in one transaction, so that all of it shares one
 * wait for the disk.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #begin: () => void;
  readonly #commit: () => void;
  #pending: Operation[] = [];
  #flush: ReturnType<typeof setImmediate> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #healthy = true;

  constructor(db: DatabaseSync) {
    this.#db = db;
    const begin = db.prepare("BEGIN IMMEDIATE");
    const commit = db.prepare("COMMIT");
    this.#begin = () => void begin.run();
    this.#commit = () => void commit.run();
  }

  /** Whether the database worked when it was last used. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /**
   * Does something in the next transaction.
   *
   * @param work changes nothing but the database
   * @returns what the work returned, once it is committed
   */
  run<T>(work: () => T): Promise<T> {
    const done = this.#add(work);
    // Waits for the end of this turn of the event loop.
    this.#flush ??= setImmediate(() => this.flush());
    return done;
  }

  /**
   * Does something in the next transaction that is made anyway, or in one of its own when none is
   * for a while: for what nobody waits for, so that it need not make the disk wait either.
   *
   * @param work changes nothing but the database
   * @returns what the work returned, once it is committed
   */
  runSoon<T>(work: () => T): Promise<T> {
    const done = this.#add(work);
    // Waits for somebody else's transaction.
    this.#later ??= setTimeout(() => this.flush(), SOON_MS);
    return done;
  }

  #add<T>(work: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let outcome: { value: T };
    this.#pending.push({
      run: () => outcome = { value: work() },
      committed: () => resolve(outcome.value),
      failed: (error) => reject(toStoreError(error)),
    });
    return promise;
  }

  /** Commits what is pending, without waiting for the end of the turn. */
  flush(): void {
    if (this.#flush) clearImmediate(this.#flush);
    this.#flush = undefined;
    clearTimeout(this.#later);
    this.#later = undefined;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, MAX_OPERATIONS);
      const error = this.#transact(batch);
      if (error === undefined) {
        for (const operation of batch) operation.committed();
      } else if (isTrouble(error)) {
        // Whoever else waits would only find the same, each after another wait for the file.
        for (const operation of [...batch, ...this.#pending.splice(0)]) operation.failed(error);
      } else if (batch.length === 1) batch[0]?.failed(error);
      else for (const operation of batch) this.#alone(operation);
    }
  }

  #alone(operation: Operation): void {
    const error = this.#transact([operation]);
    if (error === undefined) operation.committed();
    else operation.failed(error);
  }

  #transact(batch: readonly Operation[]): unknown {
    try {
      this.#begin();
      for (const operation of batch) operation.run();
      this.#commit();
      this.#healthy = true;
      return undefined;
    } catch (error) {
      this.#healthy = !isTrouble(error);
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      return error ?? new Error("a transaction failed without saying why");
    }
  }
}

/** Whether an error is about the database itself, not about what was asked of it. */
function isTrouble(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return code !== 0 && !ITS_OWN.includes(code);
}
