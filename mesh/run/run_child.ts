/** What is started to check something. */
export interface ChildPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a program that was asked to check itself answered. */
export interface ChildFacts {
  /** Exit code; not there where it did not end in time. */
  readonly code?: number;
  /** What it said, in lines. */
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/**
 * Runs a program to its end, or ends it when that takes too long.
 *
 * @param plan what to run
 * @param signal ends the patience
 */
export async function runChild(plan: ChildPlan, signal: AbortSignal): Promise<ChildFacts> {
  if (signal.aborted) return { out: [], err: [] };
  const child = new Deno.Command(plan.command, {
    args: [...plan.args],
    env: { ...plan.env },
    clearEnv: true,
    ...(plan.cwd !== undefined && { cwd: plan.cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const { code, stdout, stderr } = await child.output();
  return {
    ...(!signal.aborted && { code }),
    out: linesOf(stdout),
    err: linesOf(stderr),
  };
}

function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split("\n").filter((line) => line.trim() !== "");
}
