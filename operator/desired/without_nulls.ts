/**
 * An object without fields that are `null`, as templates of YAML leave behind: to Kubernetes they say
 * as little as fields that are not there.
 *
 * @param object as somebody wrote it
 * @example
 * ```ts
 * import { withoutNulls } from "./without_nulls.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(withoutNulls({ runAsUser: null, runAsGroup: 0 }), { runAsGroup: 0 });
 * ```
 */
export function withoutNulls<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)) as T;
}
