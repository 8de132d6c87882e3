/** What a message in flight is found by, and what it takes. */
export interface Flying {
  /** Identity of the message; others in flight may have the same. */
  readonly messageId: string;
  /** What it takes of the room that there is. */
  readonly bytes: number;
}

/** Messages that were written and not confirmed: many thousands, each found at once. */
export class InFlight<T extends Flying> {
  readonly #byId = new Map<string, T[]>();
  #size = 0;
  #bytes = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** One that has been in flight for as long as any other, or nearly so. */
  get oldest(): T | undefined {
    const [first] = this.#byId.values();
    return first?.[0];
  }

  /** Adds one. */
  add(message: T): void {
    const same = this.#byId.get(message.messageId);
    if (same) same.push(message);
    else this.#byId.set(message.messageId, [message]);
    this.#size += 1;
    this.#bytes += message.bytes;
  }

  /** Whether one is in flight. */
  has(message: T): boolean {
    return this.named(message.messageId).includes(message);
  }

  /** All of one identity. */
  named(messageId: string): readonly T[] {
    return this.#byId.get(messageId) ?? [];
  }

  /** Removes one; says whether it was there. */
  delete(message: T): boolean {
    const same = this.#byId.get(message.messageId);
    const index = same?.indexOf(message) ?? -1;
    if (same === undefined || index < 0) return false;
    if (same.length === 1) this.#byId.delete(message.messageId);
    else same.splice(index, 1);
    this.#size -= 1;
    this.#bytes -= message.bytes;
    return true;
  }

  /** Removes all, and gives them. */
  clear(): T[] {
    const all = [...this.#byId.values()].flat();
    this.#byId.clear();
    this.#size = 0;
    this.#bytes = 0;
    return all;
  }
}
