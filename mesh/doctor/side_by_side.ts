/** How long one check may take. */
export const PATIENCE_MS = 5_000;

/** Checks that start programs, at a time: more of them would only wait for each other. */
const AT_A_TIME = 6;

/** Something to check; its signal ends it when it takes too long. */
export type Check<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs checks side by side, each with its own patience.
 *
 * @param checks what to do
 * @param onFailure what stands for a check that could not be done, and threw
 * @param patienceMs milliseconds that each may take from its start
 * @returns what came of each, in their order
 */
export async function sideBySide<T>(
  checks: readonly Check<T>[],
  onFailure: (error: unknown) => T,
  patienceMs = PATIENCE_MS,
): Promise<T[]> {
  const results: T[] = new Array(checks.length);
  const left = checks.entries();
  const work = async () => {
    for (const [index, check] of left) {
      results[index] = await check(AbortSignal.timeout(patienceMs)).catch(onFailure);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return results;
}
