/** A bounded set of ids: the oldest is forgotten when there is no more room. */
export class RecentIds {
  readonly #ids = new Set<string>();
  /** The same ids by age, in a ring. */
  readonly #ring: string[] = [];
  readonly #maxIds: number;
  #oldest = 0;

  /** @param maxIds how many ids are remembered; 0 remembers none */
  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  /** Whether an id is remembered. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id that is not remembered yet. */
  add(id: string): void {
    if (this.#maxIds === 0 || this.#ids.has(id)) return;
    this.#ids.add(id);
    if (this.#ring.length < this.#maxIds) {
      this.#ring.push(id);
      return;
    }
    this.#ids.delete(this.#ring[this.#oldest] ?? "");
    this.#ring[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#maxIds;
  }
}
