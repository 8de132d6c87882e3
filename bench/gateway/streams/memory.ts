import { cpuMsOf, poll, rssMbOf } from "../../../tests/kit/mod.ts";

/** Streams at which memory is looked at; the slope begins at the first of them. */
const LEVELS = [1_000, 5_000, 10_000, 15_000];

/**
 * Where to look at memory, up to a number of streams.
 *
 * @param streams how many there will be
 */
export function levelsTo(streams: number): number[] {
  const below = LEVELS.filter((level) => level < streams);
  return below.length > 0 ? [...below, streams] : [Math.floor(streams / 4), streams];
}

/**
 * The resident memory of a process that has nothing to do, in kB.
 *
 * @param pid process id
 */
export async function restingKbOf(pid: number): Promise<number> {
  let before = cpuMsOf(pid);
  await poll("the process to rest", () => {
    const now = cpuMsOf(pid);
    const isResting = now - before < 20;
    before = now;
    return isResting;
  }, { timeoutMs: 60_000, everyMs: 500 });
  return rssMbOf(pid) * 1024;
}

/**
 * What one more stream takes, in kB: the slope from the first level to the last, without what is
 * made once for all.
 *
 * @param levels how many streams, and the memory with them
 */
export function slopeOf(levels: readonly (readonly [streams: number, kb: number])[]): number {
  const [first, last] = [levels.at(0), levels.at(-1)];
  if (!first || !last) throw new RangeError("there is no slope without levels");
  return (last[1] - first[1]) / (last[0] - first[0]);
}
