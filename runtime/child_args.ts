import type { ChildConfig } from "./child_config.ts";
import type { OwnProgram } from "./own_program.ts";

/**
 * The arguments that this program starts itself with, for the process of the handler. An executable
 * is no Deno: it has its permissions in it, and takes only what is behind the main module.
 *
 * @param program how this program came to run
 * @param flags permissions of the handler's process, as flags of `deno run`
 * @param part `host` to serve the handler, `load` to look only whether it can be loaded
 * @param config what the process is told
 * @example
 * ```ts
 * import { childArgs } from "./child_args.ts";
 * import assert from "node:assert/strict";
 * const config = { instance: "i1" } as Parameters<typeof childArgs>[3];
 * const program = { isCompiled: false, main: "file:///asya/runtime/main.js" };
 * assert.deepEqual(childArgs(program, ["--no-prompt"], "load", config), [
 *   "run",
 *   "--no-prompt",
 *   "file:///asya/runtime/main.js",
 *   "load",
 *   '{"instance":"i1"}',
 * ]);
 * assert.deepEqual(childArgs({ ...program, isCompiled: true }, [], "host", config), [
 *   "host",
 *   '{"instance":"i1"}',
 * ]);
 * ```
 */
export function childArgs(
  { isCompiled, main }: OwnProgram,
  flags: readonly string[],
  part: "host" | "load",
  config: ChildConfig,
): string[] {
  const own = [part, JSON.stringify(config)];
  return isCompiled ? own : ["run", ...flags, main, ...own];
}
