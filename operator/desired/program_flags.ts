import { type BakedPermissions, permissionFlags, permissionKinds } from "@asya/program";
import type { EnvVar } from "../actor/async_actor.ts";
import { knownEnvironment, literally } from "./environment.ts";

/** Deno, where its folder is on the path. */
const DENO = "deno";

/**
 * The command that starts a program with exactly the permissions that it needs in its environment.
 * A kind of permission that depends on a value which only the kubelet knows is given whole.
 *
 * @param main the program's file
 * @param permissions its list
 * @param env its environment
 * @param deno the executable
 */
export function denoCommand(
  main: string,
  permissions: BakedPermissions,
  env: readonly EnvVar[],
  deno: string = DENO,
): string[] {
  const { values, unknown } = knownEnvironment(env);
  const exact: Record<string, readonly string[]> = { env: permissions.env };
  const whole: string[] = [];
  for (const kind of permissionKinds) {
    const entries = (permissions[kind] ?? []).filter((entry) => isMeant(entry, values));
    if (entries.some((entry) => namesIn(entry).some((name) => unknown.has(name)))) {
      whole.push(`--allow-${kind}`);
    } else {
      // The runtime starts itself again, as a process of its own.
      exact[kind] = entries.map((entry) => kind === "run" && entry === DENO ? deno : entry);
    }
  }
  const flags = permissionFlags(
    { ...exact, env: permissions.env, ...(permissions.v8 && { v8: permissions.v8 }) },
    values,
  );
  return [deno, "run", ...flags, ...whole, main].map(literally);
}

/**
 * What of an environment cannot be said in a flag: a path that starts nowhere, for example.
 *
 * @param permissions the program's list
 * @param env what somebody set
 * @returns one sentence each, with the variable's name
 */
export function flagProblems(permissions: BakedPermissions, env: readonly EnvVar[]): string[] {
  const { values, unknown } = knownEnvironment(env);
  const problems = permissionKinds.flatMap((kind) =>
    (permissions[kind] ?? []).filter((entry) => isMeant(entry, values)).flatMap((entry) => {
      const names = namesIn(entry);
      if (names.length === 0 || names.some((name) => unknown.has(name))) return [];
      try {
        permissionFlags({ env: [], [kind]: [entry] }, values);
        return [];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return [`${names.join(", ")}: ${why}`];
      }
    })
  );
  return [...new Set(problems)];
}

/** Queues of an actor on a cluster are never in a file, unless somebody says which. */
function isMeant(entry: string, values: Readonly<Record<string, string>>): boolean {
  return !namesIn(entry).includes("ASYA_SQLITE_PATH") || values.ASYA_SQLITE_PATH !== undefined;
}

function namesIn(entry: string): string[] {
  return [...entry.matchAll(/\{[?!]?([A-Z][A-Z0-9_]*)/g)].map(([, name = ""]) => name);
}
