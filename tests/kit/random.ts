/**
 * Random numbers from a seed, so that what a test did can be seen and tried again.
 *
 * @param seed any integer
 * @returns a function that gives numbers in [0, 1)
 * @see https://en.wikipedia.org/wiki/Linear_congruential_generator (the constants of Numerical Recipes)
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
