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
  const { args, env, cwd, program } = process;
  const at = args.findIndex((arg) => arg.endsWith(`/${program}/main.ts`)) + 1;
  const flags = ["--no-prompt", "--ignore-env", ...args.slice(at)];
  return { args: ["run", "--quiet", ...flags, `${toolkit}/actors/check_store.ts`], env, cwd };
}
