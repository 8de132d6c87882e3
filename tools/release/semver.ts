/** A version as Semantic Versioning has it, without build metadata. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/**
 * Whether a text is a version that can be released.
 *
 * @param text such as `1.2.3` or `1.2.3-rc.1`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isVersion } from "./semver.ts";
 * assert.deepEqual(["1.2.3", "1.2.3-rc.1", "v1.2.3", "1.2"].map(isVersion), [true, true, false, false]);
 * ```
 */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/**
 * Orders versions, older ones first; one before a release is older than the release.
 *
 * @param a a version
 * @param b another one
 * @returns less than 0 where the first is older, more where it is newer, 0 where both are the same
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareVersions } from "./semver.ts";
 * const versions = ["1.10.0", "1.9.0", "1.10.0-rc.10", "1.10.0-rc.9", "1.10.0-rc.9.1"];
 * assert.deepEqual(versions.sort(compareVersions), [
 *   "1.9.0", "1.10.0-rc.9", "1.10.0-rc.9.1", "1.10.0-rc.10", "1.10.0",
 * ]);
 * ```
 */
export function compareVersions(a: string, b: string): number {
  const [coreA = "", ...beforeA] = a.split("-");
  const [coreB = "", ...beforeB] = b.split("-");
  const core = compareParts(coreA.split("."), coreB.split("."));
  if (core !== 0 || beforeA.length === 0 || beforeB.length === 0) {
    return core || Number(beforeB.length > 0) - Number(beforeA.length > 0);
  }
  return compareParts(beforeA.join("-").split("."), beforeB.join("-").split("."));
}

/** Numbers by their size and before words, words by their letters, the shorter list first. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (one === other) continue;
    const areNumbers = [one, other].map((part) => /^\d+$/.test(part));
    if (areNumbers[0] && areNumbers[1]) return Number(one) - Number(other);
    if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}
