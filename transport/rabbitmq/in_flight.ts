import { Roster } from "../roster.ts";

/** What a message in flight is found by, and what it takes. */
export interface Flying {
  /** Identity of the message; others in flight may have the same. */
  readonly messageId: string;
  /** What it takes of the room that there is. */
  readonly bytes: number;
}

/** Messages that were written and not confirmed: many thousands, each found at once. */
export class InFlight<T extends Flying> {
  readonly #all = new Roster<T>();
  /** By identity; made when somebody first asks, which happens where a queue is missing. */
  #byId: Map<string, T[]> | undefined;
  #bytes = 0;

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** How many bytes they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The one that has been in flight for longest. */
  get oldest(): T | undefined {
    return this.#all.first;
  }

  /** Adds one. */
  add(message: T): void {
    this.#all.add(message);
    this.#bytes += message.bytes;
    if (this.#byId) index(this.#byId, message);
  }

  /** Whether one is in flight. */
  has(message: T): boolean {
    return this.#all.has(message);
  }

  /** All of one identity. */
  named(messageId: string): readonly T[] {
    if (!this.#byId) {
      this.#byId = new Map();
      for (const message of this.#all) index(this.#byId, message);
    }
    return this.#byId.get(messageId) ?? [];
  }

  /** Removes one; says whether it was there. */
  delete(message: T): boolean {
    if (!this.#all.delete(message)) return false;
    this.#bytes -= message.bytes;
    if (this.#all.size === 0) this.#byId = undefined;
    const same = this.#byId?.get(message.messageId);
    if (same && same.length > 1) same.splice(same.indexOf(message), 1);
    else this.#byId?.delete(message.messageId);
    return true;
  }

  /** Removes all, and gives them. */
  clear(): T[] {
    this.#byId = undefined;
    this.#bytes = 0;
    return this.#all.clear();
  }
}

function index<T extends Flying>(byId: Map<string, T[]>, message: T): void {
  const same = byId.get(message.messageId);
  if (same) same.push(message);
  else byId.set(message.messageId, [message]);
}
