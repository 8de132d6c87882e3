/** What somebody has not read yet; what is told twice before it is read is one piece of news. */
export class News<T> {
  readonly #unread = new Set<T>();
  #isOver = false;
  #wake: () => void = () => {};

  /** Adds a piece of news. */
  add(piece: T): void {
    this.#unread.add(piece);
    this.#wake();
  }

  /**
   * Takes all that was not read.
   *
   * @param idleMs how long to wait for it
   * @returns `"idle"` when none came in that time, `"over"` when none will ever come
   */
  async next(idleMs: number): Promise<readonly T[] | "idle" | "over"> {
    if (this.#unread.size === 0 && !this.#isOver) await this.#wait(idleMs);
    if (this.#isOver) return "over";
    const unread = [...this.#unread];
    this.#unread.clear();
    return unread.length > 0 ? unread : "idle";
  }

  /** Tells that no more will come. */
  close(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Waits for news, or for the reader's patience to end. */
  #wait(idleMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, idleMs);
    this.#wake = resolve;
    return promise.finally(() => clearTimeout(timer));
  }
}
