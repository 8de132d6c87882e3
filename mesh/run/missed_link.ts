/** What `links` of a project's `deno.json` bring, and its `imports` do not take. */
export interface MissedLink {
  /** What is the matter. */
  readonly what: string;
  /** What to do about it. */
  readonly todo: string;
}

/** How Deno says that a package which is linked has another version than what is asked for. */
const MISSED =
  /Linked package '(@\w+\/\w+)@(\S+)' was not used because it did not match '\1@(\S+)'/;

/**
 * Finds out whether a module cannot be loaded since a checkout has another version than its
 * project asks for: Deno then looks for that one in the registry, and blames the module.
 *
 * @param text what Deno says
 * @returns nothing where it speaks of no linked package, or found one in the registry
 * @example
 * ```ts
 * import { missedLink } from "./missed_link.ts";
 * import assert from "node:assert/strict";
 * const text = "Warning Linked package '@asya/runtime@0.2.0' was not used because it did not " +
 *   "match '@asya/runtime@^0.1.0'\nerror: JSR package manifest for '@asya/runtime' failed to load.";
 * assert.deepEqual(missedLink(text), {
 *   what: "the linked @asya/runtime is 0.2.0, and deno.json asks for ^0.1.0",
 *   todo: 'in deno.json, write "jsr:@asya/runtime@^0.2.0", as the checkout is',
 * });
 * assert.equal(missedLink("error: Module not found"), undefined);
 * ```
 */
export function missedLink(text: string): MissedLink | undefined {
  const [, name, linked, asked] = MISSED.exec(text) ?? [];
  if (!text.includes(`JSR package manifest for '${name}' failed to load`)) return undefined;
  return {
    what: `the linked ${name} is ${linked}, and deno.json asks for ${asked}`,
    todo: `in deno.json, write "jsr:${name}@^${linked}", as the checkout is`,
  };
}
