import { parseMetrics } from "../../tests/kit/parse_metrics.ts";

/** What a gateway says of itself. */
export interface GatewayMetrics {
  readonly jobsCreated: number;
  readonly published: number;
  /** How many publishes took how long from their oldest call, by the upper bound in seconds. */
  readonly lag: ReadonlyMap<number, number>;
}

/**
 * Reads metrics of a gateway.
 *
 * @param text as `/metrics` gives it
 */
export function parseGatewayMetrics(text: string): GatewayMetrics {
  const samples = parseMetrics(text);
  const of = (wanted: string) => samples.filter(({ name }) => name === wanted);
  const sum = (name: string) => of(name).reduce((total, { value }) => total + value, 0);
  const lag = new Map(
    of("asya_gateway_publish_lag_seconds_bucket").map(({ labels: { le = "" }, value }) =>
      [le === "+Inf" ? Infinity : Number(le), value] as const
    ),
  );
  return {
    jobsCreated: sum("asya_gateway_jobs_created_total"),
    published: sum("asya_gateway_messages_published_total"),
    lag,
  };
}

/**
 * What several gateways say together.
 *
 * @param all metrics of each
 */
export function sumMetrics(all: readonly GatewayMetrics[]): GatewayMetrics {
  const sum = (of: "jobsCreated" | "published") => all.reduce((total, one) => total + one[of], 0);
  const lag = new Map<number, number>();
  for (const one of all) {
    for (const [bound, count] of one.lag) lag.set(bound, (lag.get(bound) ?? 0) + count);
  }
  return { jobsCreated: sum("jobsCreated"), published: sum("published"), lag };
}

/**
 * The bound below which 99 of 100 publishes of a time stayed.
 *
 * @param before metrics at its beginning
 * @param after metrics at its end
 * @returns seconds; `undefined` where nothing was published
 */
export function lagP99(before: GatewayMetrics, after: GatewayMetrics): number | undefined {
  const counts = [...after.lag].map(([bound, count]) =>
    [bound, count - (before.lag.get(bound) ?? 0)] as const
  );
  const all = counts.at(-1)?.[1] ?? 0;
  if (all === 0) return undefined;
  return counts.find(([, count]) => count >= 0.99 * all)?.[0];
}
