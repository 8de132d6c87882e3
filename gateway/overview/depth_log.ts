/** What waited in queues when somebody looked. */
export interface DepthSample {
  /** Messages that waited to be taken, by queue; a queue that there was not is not in it. */
  readonly depths: ReadonlyMap<string, number>;
  /** For how many slots it was like this, up to and with the one that it belongs to. */
  readonly slots: number;
}

/**
 * What one gateway saw in queues, slot by slot. It says which slots have to be written down, so that
 * others can tell all the rest: one for each change, and none while nothing changes.
 */
export class DepthLog {
  /** What was seen; slots in which the same was seen have the same map. */
  readonly #seen = new Map<number, ReadonlyMap<string, number>>();
  #last: number | undefined;
  /** The last slot that was written down, and so all before it. */
  #written = -Infinity;

  /**
   * Takes what was seen in a slot.
   *
   * @param slot the slot's number
   * @param depths messages that waited, by queue
   * @returns the slots to be written down now
   */
  take(slot: number, depths: ReadonlyMap<string, number>): readonly number[] {
    // Somebody corrected the clock: what was seen in times to come was seen at no time.
    if (this.#last !== undefined && slot < this.#last) this.#forgetAll();
    const last = this.#last;
    if (slot === last) return [];
    this.#last = slot;
    const before = this.#seen.get(slot - 1);
    if (before && isSame(before, depths)) {
      this.#seen.set(slot, before);
      return [];
    }
    this.#seen.set(slot, depths);
    // Until then it was as it had been: only now it is known for how long.
    const ended = last !== undefined && last > this.#written ? [last] : [];
    const isQuiet = last === undefined && [...depths.values()].every((depth) => depth === 0);
    return isQuiet ? ended : [...ended, slot];
  }

  /** What was seen in a slot, if anybody looked. */
  at(slot: number): DepthSample | undefined {
    const depths = this.#seen.get(slot);
    if (!depths) return undefined;
    let slots = 1;
    while (this.#seen.get(slot - slots) === depths) slots++;
    return { depths, slots };
  }

  /** Notes that a slot has been written down. */
  wrote(slot: number): void {
    if (this.#seen.has(slot)) this.#written = Math.max(this.#written, slot);
  }

  /** The last slot in which somebody looked, if it is still to be written down. */
  get unwritten(): number | undefined {
    return this.#last !== undefined && this.#last > this.#written ? this.#last : undefined;
  }

  /** Forgets what was seen in slots before another one. */
  forget(beforeSlot: number): void {
    for (const slot of this.#seen.keys()) if (slot < beforeSlot) this.#seen.delete(slot);
  }

  #forgetAll(): void {
    this.#seen.clear();
    this.#last = undefined;
    this.#written = -Infinity;
  }
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size &&
    [...one].every(([queue, depth]) => other.get(queue) === depth);
}
