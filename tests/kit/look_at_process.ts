/**
 * What the system says about processes. Deno shows `/proc` to nobody who may not do everything, so
 * `cat` reads it.
 *
 * @module
 */
import { poll } from "./poll.ts";

/**
 * Whether a process exists and is not merely waiting to be collected by its parent.
 *
 * @param pid process id
 */
export function isRunning(pid: number): boolean {
  const stat = readProc(`${pid}/stat`);
  return stat !== undefined && !/^\d+ \(.*\) [ZX]/s.test(stat);
}

/**
 * The processes that a process started and that are still its own.
 *
 * @param pid process id
 */
export function childrenOf(pid: number): number[] {
  const text = readProc(`${pid}/task/${pid}/children`) ?? "";
  return text.split(" ").filter((word) => word !== "").map(Number);
}

/**
 * The command line of a process, its program first.
 *
 * @param pid process id
 */
export function commandOf(pid: number): string[] {
  return (readProc(`${pid}/cmdline`) ?? "").split("\0").slice(0, -1);
}

/**
 * Resident memory of a process, its children included, in MB.
 *
 * @param pid process id
 */
export function rssMbOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => {
    const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readProc(`${one}/status`) ?? "") ?? [];
    return sum + Number(kib ?? 0) / 1024;
  }, 0);
}

/**
 * The users that a process is: the one it runs as, and those it could become again.
 *
 * @param pid process id
 */
export function usersOf(pid: number): number[] {
  const [, ids = ""] = /^Uid:\s+(.*)$/m.exec(readProc(`${pid}/status`) ?? "") ?? [];
  return [...new Set(ids.split(/\s+/).map(Number))];
}

/**
 * How many files, sockets and the like a process has open.
 *
 * @param pid process id
 */
export function openFilesOf(pid: number): number {
  const { stdout } = new Deno.Command("ls", { args: [`/proc/${pid}/fd`], stderr: "null" })
    .outputSync();
  return new TextDecoder().decode(stdout).split("\n").length - 1;
}

/**
 * Processor time that a process has taken so far, its children not included, in milliseconds.
 *
 * @param pid process id
 */
export function cpuMsOf(pid: number): number {
  // After the name, which may hold anything: state, and then numbers; time is in hundredths.
  const fields = (readProc(`${pid}/stat`) ?? "").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

/**
 * Ends a process with SIGKILL.
 *
 * @param pid process id
 * @returns the same; nothing when it did not run
 */
export function killPid(pid: number): number | undefined {
  if (!isRunning(pid)) return undefined;
  try {
    Deno.kill(pid, "SIGKILL");
    return pid;
  } catch (error) {
    // It had just ended.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Waits until none of these processes exists any more, whoever's children they are.
 *
 * @param pids process ids
 * @param timeoutMs milliseconds
 */
export async function waitForNoProcess(
  pids: readonly number[],
  timeoutMs = 10_000,
): Promise<void> {
  await poll(`the end of the processes ${pids.join(", ")}`, () => !pids.some(isRunning), {
    timeoutMs,
  });
}

/** A file of `/proc`; nothing when there is no such process. */
function readProc(path: string): string | undefined {
  const { success, stdout } = new Deno.Command("cat", {
    args: [`/proc/${path}`],
    stderr: "null",
  }).outputSync();
  return success ? new TextDecoder().decode(stdout) : undefined;
}
