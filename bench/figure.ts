/** One thing that was measured. */
export interface Figure {
  /** The part of the benchmark it belongs to. */
  readonly part: string;
  readonly name: string;
  readonly value: number;
  readonly unit:
    | "MB/s"
    | "calls/s"
    | "msg/s"
    | "round trips/s"
    | "ms"
    | "MB"
    | "kB"
    | "ratio"
    | "s/10k"
    | "requests"
    | "cores";
  /** Between which values it was, where it is the middle one of several measurements. */
  readonly spread?: { readonly low: number; readonly high: number };
  /** What it was aimed at, where the project set itself an aim: at least, or at most, so much. */
  readonly aim?: { readonly atLeast: number } | { readonly atMost: number };
}

/**
 * Whether a figure is where it should be.
 *
 * @param figure what was measured
 * @returns `undefined` where there is no aim
 */
export function meetsAim({ value, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  return "atLeast" in aim ? value >= aim.atLeast : value <= aim.atMost;
}

/**
 * The value below which a share of all values lies, by the nearest rank.
 *
 * @param values in any order, at least one
 * @param share 0 to 1
 * @see https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError("there is no percentile of no values");
  return value;
}

/**
 * The middle one of repeated measurements, which one disturbed run does not move.
 *
 * @param values in any order, at least one
 */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
