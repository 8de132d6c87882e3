import type { ProcessPlan } from "./plan_process.ts";

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
  const { args, env, cwd, program } = process;
  const at = args.findIndex((arg) => arg.endsWith(`/${program}/main.ts`)) + 1;
  return { args: [...args.slice(0, at), ...words, ...args.slice(at)], env, cwd };
}

/**
 * The check of the place where a terminal actor stores, with that actor's own permissions.
 *
 * @param process the actor's runtime
 * @param toolkit the folder of the programs
 */
export function planStoreCheck(process: ProcessPlan, toolkit: string): CheckPlan {
  return planActorCheck(process, `${toolkit}/actors/check_store.ts`, () => true);
}

/**
 * The check of the settings of a terminal actor or a join, which reaches nothing: a wrong one may not even do as a
 * permission.
 *
 * @param process the actor's runtime
 * @param toolkit the folder of the programs
 */
export function planSettingsCheck(process: ProcessPlan, toolkit: string): CheckPlan {
  const isOfEnv = (flag: string) => flag.startsWith("--allow-env");
  return planActorCheck(process, `${toolkit}/actors/check_settings.ts`, isOfEnv);
}

/** A script of the actors' own, with those of an actor's permissions that are wanted. */
function planActorCheck(
  { args, env, cwd, program }: ProcessPlan,
  script: string,
  isWanted: (flag: string) => boolean,
): CheckPlan {
  const at = args.findIndex((arg) => arg.endsWith(`/${program}/main.ts`)) + 1;
  const flags = ["--no-prompt", "--ignore-env", ...args.slice(at).filter(isWanted)];
  return { args: ["run", "--quiet", ...flags, script], env, cwd };
}
