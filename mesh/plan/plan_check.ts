import type { ProcessPlan } from "./plan_process.ts";
import { withoutTracing } from "./plan_tracing.ts";
import { moduleOf, projectFlags, type Toolkit } from "./toolkit.ts";

/** A program that looks at something instead of working: what `deno` is given. */
export interface CheckPlan {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * The same process with further words of its own before those it has: `check`, for example.
 *
 * @param process what would be started
 * @param words what its program is told
 */
export function planCheck(process: ProcessPlan, words: readonly string[]): CheckPlan {
  const { args, env, cwd } = process;
  const at = mainAt(args) + 1;
  const asked = [...args.slice(0, at), ...words, ...args.slice(at)];
  return { args: asked, env: withoutTracing(env), cwd };
}

/**
 * The check of the place where a terminal actor stores, with that actor's own permissions.
 *
 * @param process the actor's runtime
 * @param toolkit where the programs are
 */
export function planStoreCheck(process: ProcessPlan, toolkit: Toolkit): CheckPlan {
  return planActorCheck(process, toolkit, "check_store", () => true);
}

/**
 * The check of the settings of a terminal actor or a join, which reaches nothing: a wrong one may not even do as a
 * permission.
 *
 * @param process the actor's runtime
 * @param toolkit where the programs are
 */
export function planSettingsCheck(process: ProcessPlan, toolkit: Toolkit): CheckPlan {
  const isOfEnv = (flag: string) => flag.startsWith("--allow-env");
  return planActorCheck(process, toolkit, "check_settings", isOfEnv);
}

/** A script of the actors' own, with those of an actor's permissions that are wanted. */
function planActorCheck(
  { args, env, cwd }: ProcessPlan,
  toolkit: Toolkit,
  script: string,
  isWanted: (flag: string) => boolean,
): CheckPlan {
  const granted = args.slice(mainAt(args) + 1).filter(isWanted);
  const flags = [...projectFlags(toolkit), "--no-prompt", "--ignore-env", ...granted];
  const module = moduleOf(toolkit, "actors", script);
  return { args: ["run", "--quiet", ...flags, module], env: withoutTracing(env), cwd };
}

/** Where the program's module is: the first word behind `run` that is no flag. */
function mainAt(args: readonly string[]): number {
  return args.findIndex((arg, index) => index > 0 && !arg.startsWith("-"));
}
