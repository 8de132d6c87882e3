import { loadSettings } from "@asya/program";
import { absolutePath, checkStart } from "./check_start.ts";
import { childArgs } from "./child_args.ts";
import { socketPaths } from "./child_config.ts";
import { settings } from "./config.ts";
import { ownProgram } from "./own_program.ts";
import { planChild } from "./plan_child.ts";

/** Exit code for a handler that could be neither loaded nor refused in time. */
const TOO_LONG = 3;

/** How long loading may take; whoever asks waits a little longer. */
const LIMIT_MS = 4_500;

/**
 * Checks whether a handler can be hosted: its settings, and whether its module can be loaded with its
 * permissions, in a process like the one that would run it. Nothing listens, and nothing is called.
 *
 * @param args the handler's permissions
 * @returns the exit code; why it is not 0 is on standard error
 */
export async function checkHandler(args: readonly string[]): Promise<number> {
  const config = loadSettings(
    "runtime",
    "Hosts a handler on a Unix socket. Arguments are the handler's permissions.",
    settings,
    (config) => checkStart(config, args),
  );
  const paths = socketPaths(absolutePath(config.socketPath));
  const plan = await planChild(config, args, paths, () => {});
  const limit = AbortSignal.timeout(LIMIT_MS);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: childArgs(ownProgram(), plan.flags, "load", { ...plan.config, instance: "check" }),
    env: { ...plan.env },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    signal: limit,
  }).output();
  return limit.aborted ? TOO_LONG : code;
}
