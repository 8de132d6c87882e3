/**
 * Which permission a failed operation lacked, read from what Deno says of it.
 *
 * @module
 */

/** A permission that Deno refused, in Deno's words. */
export interface MissingPermission {
  /** What was to be done, such as `net`. */
  readonly kind: string;
  /** With what: a host, a path, the name of a variable. */
  readonly target: string;
}

/** How Deno says what it refuses; a place that it will not show has a name in angle brackets. */
const REFUSED = /Requires ([a-z]+) access to (?:"([^"]*)"|([^,\s<]+)), run again with the --allow-/;

/** What YAML takes in a list as it is written. */
const PLAIN = /^[A-Za-z0-9./~][A-Za-z0-9./_:@~+-]*$/;

/**
 * Finds the permission that Deno says is missing.
 *
 * @param text what it says, on its own or within more
 * @returns nothing where it speaks of none, or of all there are
 * @example
 * ```ts
 * import { missingPermission } from "@asya/program/missing_permission";
 * import assert from "node:assert/strict";
 * const text = 'NotCapable: Requires read access to "./x", run again with the --allow-read flag';
 * assert.deepEqual(missingPermission(text), { kind: "read", target: "./x" });
 * assert.equal(missingPermission("TypeError: no"), undefined);
 * ```
 */
export function missingPermission(text: string): MissingPermission | undefined {
  const [, kind, quoted, bare] = REFUSED.exec(text) ?? [];
  const target = quoted ?? bare;
  return kind && target ? { kind, target } : undefined;
}

/**
 * Writes a permission as the line of a mesh's file that gives it to an actor.
 *
 * @param permission the permission
 * @example
 * ```ts
 * import { permissionLine } from "@asya/program/missing_permission";
 * import assert from "node:assert/strict";
 * const line = permissionLine({ kind: "net", target: "api.example.com:443" });
 * assert.equal(line, "permissions: { net: [api.example.com:443] }");
 * assert.equal(
 *   permissionLine({ kind: "read", target: "a, b" }),
 *   'permissions: { read: ["a, b"] }',
 * );
 * ```
 */
export function permissionLine({ kind, target }: MissingPermission): string {
  const written = PLAIN.test(target) && !target.endsWith(":") ? target : JSON.stringify(target);
  return `permissions: { ${kind}: [${written}] }`;
}
