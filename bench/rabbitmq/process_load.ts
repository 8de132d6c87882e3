import { childrenOf, rssMbOf } from "../../tests/kit/mod.ts";

/** Ticks of the clock that Linux counts processor time in; the same on every platform it runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Processor time that processes have used, with their threads and children, in seconds.
 *
 * @param pids ids of processes
 */
export function cpuSecondsOf(pids: readonly number[]): number {
  const all = pids.flatMap((pid) => [pid, ...childrenOf(pid)]);
  if (all.length === 0) return 0;
  const { stdout } = new Deno.Command("cat", {
    args: all.map((pid) => `/proc/${pid}/stat`),
    stderr: "null",
  }).outputSync();
  // The fields behind the name, which may hold anything: utime and stime are the 12th and 13th.
  return new TextDecoder().decode(stdout).trim().split("\n").reduce((sum, line) => {
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

/**
 * The largest resident memory among processes, in MB.
 *
 * @param pids ids of processes without children
 */
export function largestRssMb(pids: readonly number[]): number {
  return Math.max(0, ...pids.map(rssMbOf));
}
