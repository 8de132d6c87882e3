/** What stands in a label whose value would be one too many. */
export const OTHER = "other";

/**
 * Bounds how many series a metric may have: a handler may make up labels without end, and each of
 * their combinations costs memory here and wherever metrics are kept.
 *
 * @param maxCombinations how many combinations of values get series of their own
 * @returns the values where there is room for them, else as many times `other`
 * @example
 * ```ts
 * import { limitSeries } from "./limit_series.ts";
 * import assert from "node:assert/strict";
 * const limit = limitSeries(1);
 * assert.deepEqual(limit(["chat", "small"]), ["chat", "small"]);
 * assert.deepEqual(limit(["chat", "large"]), ["other", "other"]);
 * ```
 */
export function limitSeries(
  maxCombinations: number,
): <const V extends readonly string[]>(values: V) => V {
  const known = new Set<string>();
  return (values) => {
    // Whatever stands between values could stand in them too.
    const key = JSON.stringify(values);
    if (known.has(key)) return values;
    if (known.size >= maxCombinations) return values.map(() => OTHER) as typeof values & string[];
    known.add(key);
    return values;
  };
}
