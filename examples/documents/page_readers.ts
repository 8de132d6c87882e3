/**
 * A few readers that many messages share.
 *
 * @module
 */
/** What is lent: it serves one user at a time, and can be ended. */
export interface Lendable {
  close(): Promise<void>;
}

/** Lends its readers to one user at a time, in the order they ask. */
export class PageReaders<Reader extends Lendable> {
  readonly #all: readonly Reader[];
  readonly #idle: Reader[];
  readonly #waiting: ((reader: Reader) => void)[] = [];

  /** @param readers what to lend; ended by {@linkcode PageReaders.close} */
  constructor(readers: readonly Reader[]) {
    this.#all = readers;
    this.#idle = [...readers];
  }

  /**
   * Waits for a reader, uses it, and gives it back.
   *
   * @param work what to do with it
   * @returns what the work returned
   */
  async use<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader = this.#idle.pop() ?? await this.#next();
    try {
      return await work(reader);
    } finally {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(reader);
      else this.#idle.push(reader);
    }
  }

  /** Ends every reader. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((reader) => reader.close()));
  }

  #next(): Promise<Reader> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
