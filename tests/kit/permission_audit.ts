/**
 * What a process used of its permissions, beside what it was given.
 *
 * @module
 */

import { resolve } from "node:path";

/** One use of a permission, as Deno writes it with `DENO_AUDIT_PERMISSIONS`. */
export interface PermissionUse {
  readonly kind: string;
  /** What it was used for; `undefined` for all of the kind. */
  readonly value?: string;
}

/** One thing that a flag grants. */
export interface PermissionGrant {
  readonly kind: string;
  /** What is granted; `undefined` for all of the kind. */
  readonly value?: string;
}

/**
 * Reads the lines of an audit; a use that is written more than once counts once.
 *
 * @param lines JSON, one use each
 * @param cwd where relative paths begin
 * @throws SyntaxError for a line that is no use
 */
export function parseUses(lines: readonly string[], cwd = "/"): PermissionUse[] {
  const uses = new Map<string, PermissionUse>();
  for (const line of lines) {
    if (line === "") continue;
    const { permission, value } = JSON.parse(line);
    if (typeof permission !== "string") throw new SyntaxError(`no use of a permission: ${line}`);
    const isPath = permission === "read" || permission === "write";
    const shown = typeof value === "string" && isPath ? resolve(cwd, value) : value;
    const use = { kind: permission, ...(typeof shown === "string" && { value: shown }) };
    uses.set(JSON.stringify(use), use);
  }
  return [...uses.values()];
}

/**
 * The grants among the arguments of `deno run`, up to the program.
 *
 * @param args arguments of `deno`
 */
export function parseGrants(args: readonly string[]): PermissionGrant[] {
  const program = args.findIndex((arg) => arg.endsWith(".ts"));
  return args.slice(0, program).flatMap((arg) => {
    const [, kind, list] = /^--allow-([a-z]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (kind === undefined) return [];
    return list === undefined ? [{ kind }] : list.split(",").map((value) => ({ kind, value }));
  });
}

/**
 * Whether a grant allows a use.
 *
 * @param grant what was given
 * @param use what was used
 */
export function allows(grant: PermissionGrant, use: PermissionUse): boolean {
  if (grant.kind !== use.kind) return false;
  if (grant.value === undefined) return true;
  // The use of all variables gives those that are granted, when the rest is ignored.
  if (use.value === undefined) return use.kind === "env";
  switch (grant.kind) {
    case "read":
    case "write":
      return isAtOrBelow(grant.value, use.value);
    case "env":
      return grant.value.endsWith("*")
        ? use.value.startsWith(grant.value.slice(0, -1))
        : use.value === grant.value;
    case "net":
      return use.value === grant.value || URL.parse(use.value)?.host === grant.value;
    case "run":
      return use.value === grant.value || use.value.endsWith(`/${grant.value}`);
    default:
      return use.value === grant.value;
  }
}

/**
 * The uses that no grant allows.
 *
 * @param uses what was used
 * @param grants what was given
 */
export function ungranted(
  uses: readonly PermissionUse[],
  grants: readonly PermissionGrant[],
): PermissionUse[] {
  return uses.filter((use) => !grants.some((grant) => allows(grant, use)));
}

/**
 * The grants that nothing used.
 *
 * @param uses what was used
 * @param grants what was given
 */
export function unused(
  uses: readonly PermissionUse[],
  grants: readonly PermissionGrant[],
): PermissionGrant[] {
  return grants.filter((grant) => !uses.some((use) => allows(grant, use)));
}

function isAtOrBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
