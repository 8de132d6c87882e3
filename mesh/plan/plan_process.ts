import { type BakedPermissions, permissionFlags } from "@asya/program";
import { planTraced } from "./plan_tracing.ts";
import { moduleOf, projectFlags, type Toolkit } from "./toolkit.ts";

/** The programs a mesh is made of. */
export type Program = "gateway" | "sidecar" | "runtime";

/** One process of a mesh. */
export interface ProcessPlan {
  /** Its name, as in `ocr.sidecar` or, of several, `ocr.2.sidecar`. */
  readonly name: string;
  /** What it is started and stopped with: an actor, or the gateway. */
  readonly unit: string;
  /** Which program it is. */
  readonly program: Program;
  /** Arguments of `deno`: flags, the program, and what the program is given. */
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder it runs in. */
  readonly cwd: string;
  /** Answers 200 when the process, and what it talks to, can work. */
  readonly readyUrl?: string;
  /** The socket it makes; its bookkeeping has the same name with something appended. */
  readonly socket?: string;
}

/** What every process of a mesh has in common with the others. */
export interface ProcessPlace {
  /** Where the programs are. */
  readonly toolkit: Toolkit;
  /** Each program's `permissions.json`, and that of the actors which every mesh has. */
  readonly permissions: Readonly<Record<Program | "actors", BakedPermissions>>;
  /** Variables that every process gets: where Deno finds its cache, how it reaches a registry. */
  readonly env: Readonly<Record<string, string>>;
  /** The least that is logged. */
  readonly logLevel: string;
}

/**
 * Plans one process: a program with the flags that its own list of permissions gives it in this
 * environment.
 *
 * @param place what it has in common with the others
 * @param process what is its own
 * @param programArguments what the program itself is given
 */
export function planProcess(
  place: ProcessPlace,
  process: Omit<ProcessPlan, "args">,
  programArguments: readonly string[] = [],
): ProcessPlan {
  const { program } = process;
  const given = {
    ...place.env,
    ASYA_LOG_FORMAT: "json",
    ASYA_LOG_LEVEL: place.logLevel,
    ...process.env,
  };
  const env = { ...given, ...planTraced(given, process) };
  const flags = permissionFlags(place.permissions[program], env, process.cwd);
  const { toolkit } = place;
  const main = moduleOf(toolkit, program, "main");
  const args = ["run", "--quiet", ...projectFlags(toolkit), ...flags, main, ...programArguments];
  return { ...process, env, args };
}
