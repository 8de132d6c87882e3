import type { Caller } from "./access.ts";

/** Gives up a place; once is enough, and more does no harm. */
export type LeavePlace = () => void;

/**
 * Counts what each caller holds open, so that none has all that there is room for. A caller is a
 * name, or else a network; who has neither is not told apart from others, and not counted.
 */
export class CallerPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  /** @param most how many places each caller may have at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many callers have a place. */
  get size(): number {
    return this.#taken.size;
  }

  /**
   * Takes a place for a caller.
   *
   * @returns `undefined` when the caller has as many as it may
   */
  take({ name, network }: Caller): LeavePlace | undefined {
    const from = name === undefined ? network?.() : undefined;
    const key = from === undefined ? name && `name ${name}` : `from ${from}`;
    if (key === undefined || this.#most === Infinity) return () => {};
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#most) return undefined;
    this.#taken.set(key, taken + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#taken.get(key) ?? 0) - 1;
      if (left > 0) this.#taken.set(key, left);
      else this.#taken.delete(key);
    };
  }
}
