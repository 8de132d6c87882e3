/** The settings that it concerns. */
export interface DecidedSettings {
  readonly maxHeapMb?: number | undefined;
}

/**
 * What an executable cannot be told at its start, since it was decided when it was compiled.
 *
 * @param config the settings
 * @param args the program's arguments
 * @returns the problems, one sentence each
 * @example
 * ```ts
 * import { compiledProblems } from "./compiled_problems.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(compiledProblems({}, []), []);
 * assert.equal(compiledProblems({ maxHeapMb: 64 }, ["--allow-net=api.example.com"]).length, 2);
 * ```
 */
export function compiledProblems(
  { maxHeapMb }: DecidedSettings,
  args: readonly string[],
): string[] {
  return [
    ...args.map((arg) =>
      `the argument ${JSON.stringify(arg)} comes too late; allowed: none, since the permissions ` +
      "of a compiled handler were compiled in"
    ),
    ...(maxHeapMb === undefined ? [] : [
      `ASYA_MAX_HEAP_MB is ${maxHeapMb}; allowed: nothing, since the heap of a compiled runtime ` +
      "is the platform's, and the container's memory limit ends what exceeds it",
    ]),
  ];
}
