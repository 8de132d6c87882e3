import { type BakedPermissions, permissionFlags } from "@asya/program";
import { RunningProcess } from "./running_process.ts";

/** A program of this repository that runs as a process of its own. */
export type Program = "gateway" | "mesh" | "operator" | "runtime" | "sidecar";

/** How to start a program. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments behind the program's file. */
  readonly args?: readonly string[];
  /** A name for failures, where there are several of one program. */
  readonly name?: string;
  /** Every use of a permission goes to this file, one line of JSON each. */
  readonly auditTo?: string;
  readonly cwd?: string;
}

const root = new URL("../../", import.meta.url);

/**
 * Starts a program as a container would: with the flags of its `permissions.json` for this
 * environment, and with no other environment.
 *
 * @param program which one
 * @param options environment, arguments
 */
export async function startProgram(
  program: Program,
  options: StartOptions = {},
): Promise<RunningProcess> {
  const { env = {}, args = [], name = program, auditTo, cwd } = options;
  const flags = await flagsOf(program, env);
  return new RunningProcess({
    name,
    command: Deno.execPath(),
    args: ["run", "--quiet", ...flags, pathOf(`${program}/main.ts`), ...args],
    env: {
      ...platformEnv(),
      ASYA_LOG_FORMAT: "json",
      ...(auditTo && { DENO_AUDIT_PERMISSIONS: auditTo }),
      ...env,
    },
    cwd,
  });
}

/**
 * The permission flags that a program gets for an environment.
 *
 * @param program which one
 * @param env its settings; paths in it must be absolute
 */
export async function flagsOf(
  program: Program,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const text = await Deno.readTextFile(pathOf(`${program}/permissions.json`));
  const permissions: BakedPermissions = JSON.parse(text);
  return permissionFlags(permissions, env);
}

/**
 * The absolute path of a file of this repository.
 *
 * @param path from the repository's root
 */
export function pathOf(path: string): string {
  return root.pathname + path;
}

/** What Deno itself needs to find its cache. */
export function platformEnv(): Record<string, string> {
  const env: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  for (const name of ["HOME", "PATH", "DENO_DIR", "TMPDIR", "XDG_CACHE_HOME"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
