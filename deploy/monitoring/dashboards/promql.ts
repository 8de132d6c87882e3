/** What every query of a dashboard looks at: the clusters and namespaces that were chosen on it. */
const SCOPE = 'cluster=~"$cluster", namespace=~"$namespace"';

/** One sidecar, gateway or operator, as Prometheus knows it. */
const PROCESS = "cluster, namespace, instance";

/** What every sidecar counts from its start on, with the name of its queue. */
export const RECEIVED = "asya_actor_messages_received_total";

/** Which series of a metric are meant, and by which labels they are kept apart. */
export interface Selection {
  /** Labels that stay; without them everything is added up. */
  readonly by?: string;
  /** Further matchers, as PromQL has them. */
  readonly where?: string;
}

/** The series of a metric within what was chosen on the dashboard. */
export function select(metric: string, where?: string): string {
  return `${metric}{${where === undefined ? SCOPE : `${SCOPE}, ${where}`}}`;
}

/** The series of RabbitMQ's, which is in a namespace of its own, and has hosts instead. */
export function selectQueues(metric: string, where?: string): string {
  const scope = 'cluster=~"$cluster", vhost=~"$vhost"';
  return `${metric}{${where === undefined ? scope : `${scope}, ${where}`}}`;
}

/**
 * Messages that wait, by cluster and queue: as RabbitMQ has them, and of a queue that it says
 * nothing of, as a gateway saw it last.
 *
 * @param where the queues that are meant, as a matcher
 */
export function waiting(where: string): string {
  const exact = selectQueues("rabbitmq_detailed_queue_messages_ready", where);
  const seen = select("asya_gateway_queue_messages", where);
  return `sum by (cluster, queue) (${exact}) or ` +
    `sum by (cluster, queue) (max by (cluster, namespace, queue) (${seen}))`;
}

/** Values, added up. */
export function sum(metric: string, { by, where }: Selection = {}): string {
  return `sum${byLabels(by)} (${select(metric, where)})`;
}

/** How much each series of a counter grows in a second. */
export function rate(metric: string, where?: string): string {
  return `rate(${select(metric, where)}[$__rate_interval])`;
}

/** How much a counter grows in a second. */
export function sumRate(metric: string, { by, where }: Selection = {}): string {
  return `sum${byLabels(by)} (${rate(metric, where)})`;
}

/** How much a counter has grown in the time that the dashboard shows. */
export function sumIncrease(metric: string, { by, where }: Selection = {}): string {
  return `sum${byLabels(by)} (increase(${select(metric, where)}[$__range]))`;
}

/**
 * The value that a share of what was measured stays below, such as .95 of it.
 *
 * @param share from 0 to 1
 * @param histogram its name, without `_bucket`
 */
export function quantile(share: number, histogram: string, { by, where }: Selection = {}): string {
  const labels = by === undefined ? "le" : `le, ${by}`;
  return `histogram_quantile(${share}, ${sumRate(`${histogram}_bucket`, { by: labels, where })})`;
}

/** The mean of what was measured; none where nothing was. */
export function mean(histogram: string, selection: Selection = {}): string {
  return ratio(sumRate(`${histogram}_sum`, selection), sumRate(`${histogram}_count`, selection));
}

/** A part of a whole; none where there is no whole, as when nothing happens. */
export function ratio(part: string, whole: string): string {
  return `${part} / (${aboveZero(whole)})`;
}

/** Values above zero: what never happens draws no line, and nothing is divided by zero. */
export function aboveZero(values: string): string {
  return `${values} > 0`;
}

/** The share of its time in which a replica has a message in hand. */
export function busyShare(selection: Selection = {}): string {
  const busy = sumRate("asya_actor_busy_seconds_total", selection);
  const idle = sumRate("asya_actor_idle_seconds_total", selection);
  return `${busy} / (${busy} + ${idle})`;
}

/**
 * What sidecars say without the name of their queue, with that name: which one it is, they say
 * elsewhere.
 *
 * @param values one value for each sidecar, or several with further labels
 * @param queue the queues whose sidecars are meant, as a matcher
 */
export function withQueue(values: string, queue: string): string {
  const names = `group by (${PROCESS}, queue) (${select(RECEIVED, queue)})`;
  return `${values} * on (${PROCESS}) group_left (queue) ${names}`;
}

/**
 * The values of some processes only.
 *
 * @param values of any process
 * @param processes what those that are meant have, and others have not
 */
export function keepProcesses(values: string, processes: string): string {
  return `${values} and on (${PROCESS}) ${processes}`;
}

/** The labels that stay where values are added up, as PromQL has them. */
export function byLabels(by: string | undefined): string {
  return by === undefined ? "" : ` by (${by})`;
}
