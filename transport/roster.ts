/**
 * Things in hand, in the order in which they came; most leave in about that order.
 *
 * A `Set` would do, but for what V8 makes of one whose things come and go without end: whenever it
 * takes a new table, the old one keeps its entries and leads to the new one. As soon as one table
 * has grown old, all that was ever in any later one stays in memory until the whole heap is
 * collected. With messages in them, that was most of what a process under load held.
 *
 * @example
 * ```ts
 * import { Roster } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * const roster = new Roster<string>();
 * for (const name of ["a", "b", "c"]) roster.add(name);
 * assert.equal(roster.delete("b"), true);
 * assert.equal(roster.delete("b"), false);
 * assert.deepEqual([...roster], ["a", "c"]);
 * ```
 */
export class Roster<T> implements Iterable<T> {
  #items: T[] = [];

  /** How many there are. */
  get size(): number {
    return this.#items.length;
  }

  /** The one that has been in it for longest. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** Adds something that is not in it. */
  add(item: T): void {
    this.#items.push(item);
  }

  /** Whether something is in it. */
  has(item: T): boolean {
    return this.#items.includes(item);
  }

  /** The first that is so, if any. */
  find(isIt: (item: T) => boolean): T | undefined {
    return this.#items.find(isIt);
  }

  /** Removes something; says whether it was there. */
  delete(item: T): boolean {
    const index = this.#items.indexOf(item);
    if (index < 0) return false;
    if (index === 0) this.#items.shift();
    else this.#items.splice(index, 1);
    return true;
  }

  /** Removes all, and gives them in their order. */
  clear(): T[] {
    const all = this.#items;
    this.#items = [];
    return all;
  }

  /** Each in its order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }
}
