/**
 * Chance from one seed, in a stream of its own for each purpose: what happens for one purpose does
 * not change what falls for another, so that a scenario with a part left out stays the same in the
 * rest. The generator is mulberry32, the names are hashed by FNV-1a.
 */
export class Dice {
  readonly #seed: number;
  readonly #states = new Map<string, number>();

  /** @param seed any whole number */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A number in [0, 1). */
  roll(purpose: string): number {
    const state = ((this.#states.get(purpose) ?? hash(purpose, this.#seed)) + 0x6d2b79f5) | 0;
    this.#states.set(purpose, state);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(purpose: string, least: number, most: number): number {
    return least + Math.floor(this.roll(purpose) * (most - least + 1));
  }

  /** A whole number from `least` to `most`, as a rule a small one. */
  mostlySmall(purpose: string, least: number, most: number): number {
    return least + Math.floor(this.roll(purpose) ** 4 * (most - least + 1));
  }

  /** True in so many of all cases. */
  chance(purpose: string, share: number): boolean {
    return this.roll(purpose) < share;
  }
}

function hash(text: string, seed: number): number {
  let state = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state;
}
