import type { ConsumeOptions, Delivery } from "./transport.ts";

/** One consumer as its queue sees it: how much it holds, and whether it takes more. */
export class Taker {
  /** Messages handed over and not settled. */
  held = 0;
  /** Whether it takes nothing for the time being. */
  paused = false;

  /** @param options the consumer's prefetch and callback */
  constructor(readonly options: ConsumeOptions) {
    if (!Number.isInteger(options.prefetch) || options.prefetch < 1) {
      throw new RangeError(`prefetch is ${options.prefetch}; allowed: a whole number, 1 or more`);
    }
  }

  /** How many more messages it may be handed. */
  get free(): number {
    return this.paused ? 0 : Math.max(0, this.options.prefetch - this.held);
  }

  /** Hands over one message; a callback that throws harms nobody but its own program. */
  hand(delivery: Delivery): void {
    this.held += 1;
    queueMicrotask(() => this.options.onDelivery(delivery));
  }
}

/** The consumers of one queue, served in turn. */
export class Takers<T extends Taker> {
  /** In the order of their turns: whoever was served last stands last. */
  readonly #ring: T[] = [];

  /** How many messages all of them together may be handed. */
  get free(): number {
    return this.#ring.reduce((sum, taker) => sum + taker.free, 0);
  }

  /** How many there are. */
  get size(): number {
    return this.#ring.length;
  }

  /** Adds one, at the end of the ring. */
  add(taker: T): void {
    this.#ring.push(taker);
  }

  /** Removes one; what it holds stays its own. */
  remove(taker: T): void {
    const index = this.#ring.indexOf(taker);
    if (index >= 0) this.#ring.splice(index, 1);
  }

  /** Whose turn it is: the first that has a free place goes to the end of the ring. */
  next(): T | undefined {
    const index = this.#ring.findIndex((taker) => taker.free > 0);
    if (index < 0) return undefined;
    const [taker] = this.#ring.splice(index, 1);
    if (taker) this.#ring.push(taker);
    return taker;
  }
}
