import { seededRandom } from "../kit/mod.ts";

/** Jobs per fault where nothing is said: enough for the fault to be felt. */
const SHORT = 120;

/** How much a run of the faults is to take. */
export interface Scale {
  /** Jobs that meet a fault. */
  readonly jobs: number;
  /** Milliseconds over which they are called for: as many per second at any scale. */
  readonly durationMs: number;
}

/** How many times as many jobs a fault takes as others do. */
export interface Shares {
  /** Where `ASYA_TEST_JOBS` is set. */
  readonly full: number;
  /** Where nothing is said. */
  readonly short: number;
}

/**
 * How much this run is to take: `ASYA_TEST_JOBS` says how many jobs meet each fault.
 *
 * @param perSecond how many jobs are called for in a second
 * @param share how many times as many jobs this fault takes
 */
export function readScale(perSecond: number, share: number | Shares = 1): Scale {
  const text = Deno.env.get("ASYA_TEST_JOBS");
  if (text !== undefined && !/^[1-9]\d{0,5}$/.test(text)) {
    throw new RangeError(`ASYA_TEST_JOBS is "${text}"; allowed: a whole number, 1 to 999999`);
  }
  const { full, short } = typeof share === "number" ? { full: share, short: share } : share;
  const jobs = Math.ceil(text === undefined ? SHORT * short : Number(text) * full);
  return { jobs, durationMs: jobs / perSecond * 1_000 };
}

/** Random numbers from a seed that is printed, and that `ASYA_TEST_SEED` sets. */
export function printedRandom(): () => number {
  const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  return seededRandom(seed);
}
