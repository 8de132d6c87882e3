import type { Clock } from "@asya/transport";

/** What is visited, and how often. */
export interface RoundsOptions<T> {
  readonly clock: Clock;
  /** Time from one visit to the next. */
  readonly everyMs: number;
  readonly visit: (one: T) => void;
}

/** Stops of one round. */
const STOPS = 60;

/**
 * Visits many regularly, with one timer for all of them: each is visited where it came in, one
 * round later, so that visits are spread as arrivals were.
 */
export class Rounds<T> {
  readonly #options: RoundsOptions<T>;
  readonly #stops: readonly Set<T>[] = Array.from({ length: STOPS }, () => new Set<T>());
  #at = 0;
  #size = 0;
  #cancel: () => void = () => {};

  /** @param options what is visited, and how often */
  constructor(options: RoundsOptions<T>) {
    this.#options = options;
  }

  /** How many are visited. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds one.
   *
   * @returns where it is, for `remove`
   */
  add(one: T): number {
    // The stop that the next visit is farthest from.
    this.#stops[this.#at]?.add(one);
    if (this.#size++ === 0) this.#goOn();
    return this.#at;
  }

  /** Removes one; a second time does nothing. */
  remove(one: T, stop: number): void {
    if (!this.#stops[stop]?.delete(one)) return;
    if (--this.#size === 0) this.#cancel();
  }

  #goOn(): void {
    const { clock, everyMs, visit } = this.#options;
    // Waits for the next stop's turn.
    this.#cancel = clock.after(everyMs / STOPS, () => {
      this.#at = (this.#at + 1) % STOPS;
      for (const one of [...this.#stops[this.#at] ?? []]) visit(one);
      if (this.#size > 0) this.#goOn();
    });
  }
}
