/** A bounded set of ids: the oldest is forgotten when there is no more room. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #maxIds: number;

  /** @param maxIds how many ids are remembered; 0 remembers none */
  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  /** Whether an id is remembered. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id, as the youngest. */
  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size <= this.#maxIds) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }
}
