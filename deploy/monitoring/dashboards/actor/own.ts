import { byLabels, rate, withQueue } from "../promql.ts";
import { ACTOR } from "../variables.ts";

/** Values of the actor's own sidecars, though their metric does not name the queue, added up. */
export function own(values: string, by?: string): string {
  return `sum${byLabels(by)} (${withQueue(values, ACTOR)})`;
}

/** How much a counter that does not name the queue grows in a second. */
export function ownRate(metric: string, by: string): string {
  return own(rate(metric), by);
}

/** The value that a share of what was measured stays below, by a histogram without the queue. */
export function ownQuantile(share: number, histogram: string, by: string): string {
  return `histogram_quantile(${share}, ${ownRate(`${histogram}_bucket`, `le, ${by}`)})`;
}
