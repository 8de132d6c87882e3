/** One place where a test cites a promise. */
export interface Citation {
  /** The promise. */
  readonly id: string;
  /** The file of the test. */
  readonly path: string;
}

/**
 * Finds the ids of promises in a text: a capital letter and a number in brackets, as in `[D4]`.
 *
 * @param text A test's name, or the source of a test file.
 * @returns The ids, each once.
 */
export function citedIds(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\[([A-Z]\d+)\]/g), ([, id = ""]) => id))];
}

/**
 * Compares promises with the tests that cite them.
 *
 * @param requirements The promises by id.
 * @param citations Where tests cite them.
 * @returns One sentence for each promise without a test and for each citation of no promise.
 */
export function findUnproven(
  requirements: Readonly<Record<string, string>>,
  citations: readonly Citation[],
): string[] {
  const cited = new Set(citations.map(({ id }) => id));
  return [
    ...Object.entries(requirements).filter(([id]) => !cited.has(id))
      .map(([id, promise]) => `no test cites [${id}]: ${promise}`),
    ...citations.filter(({ id }) => !Object.hasOwn(requirements, id))
      .map(({ id, path }) => `${path} cites [${id}], which is not in tests/requirements.ts`),
  ];
}
