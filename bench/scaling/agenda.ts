/** Things that are to happen, in the order of their time; those of one time in the order of entry. */
export class Agenda<T> {
  /** A binary heap: each entry is due no later than the two below it. */
  readonly #heap: Entry<T>[] = [];
  #entered = 0;

  /**
   * Enters something.
   *
   * @param atS when it happens, in seconds
   * @param what what happens
   */
  add(atS: number, what: T): void {
    const heap = this.#heap;
    const entry = { atS, order: this.#entered++, what };
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(entry, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = entry;
  }

  /** Takes out what happens next; `undefined` when nothing is left. */
  next(): { readonly atS: number; readonly what: T } | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    while (true) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

interface Entry<T> {
  readonly atS: number;
  readonly order: number;
  readonly what: T;
}

function isBefore(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.atS < other.atS || (one.atS === other.atS && one.order < other.order);
}
