import { within } from "@asya/program";
import type { ProcessExit } from "./event.ts";
import type { Guard } from "./guard.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";

/** A running process. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended and its last line was read. */
  readonly exited: Promise<ProcessExit>;
  /** Sends it a signal; does nothing when it has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts a process and hears every line it prints. */
export type Spawn = (plan: ProcessPlan, onLine: (line: string) => void) => Child;

/** How long the last lines of a process that has ended are waited for. */
const LAST_LINES_MS = 1_000;

/**
 * Starts a process of a mesh with its own environment and nothing else, in a session of its own: a
 * Ctrl-C at the terminal is for the mesh, which stops its processes in their order.
 *
 * @param deno path of the Deno executable
 * @param guard is told of every process
 */
export function createSpawn(deno: string, guard: Pick<Guard, "watch" | "release">): Spawn {
  return (plan, onLine) => {
    const child = new Deno.Command(deno, {
      args: [...plan.args],
      env: { ...plan.env },
      clearEnv: true,
      cwd: plan.cwd,
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = Promise.all([readLines(child.stdout, onLine), readLines(child.stderr, onLine)]);
    guard.watch(child.pid);
    return {
      pid: child.pid,
      exited: child.status.then(async ({ code, signal }) => {
        guard.release(child.pid);
        // What it started itself has its output too, and ends a moment later.
        await within(read, LAST_LINES_MS);
        return { code, signal };
      }),
      kill: (signal) => killChild(child, signal),
    };
  };
}

function killChild(child: Deno.ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It ended between two looks: then there is nothing left to end.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}
