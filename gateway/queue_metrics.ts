import type { Metrics } from "@asya/program";

/**
 * Shows how many messages wait in queues, each time that somebody has looked.
 *
 * @param metrics where
 * @returns takes what was seen; a queue that is not in it is not shown any more
 */
export function createQueueGauge(
  metrics: Metrics,
): (waiting: ReadonlyMap<string, number>) => void {
  const messages = metrics.gauge({
    name: "queue_messages",
    help: "messages that wait in a queue, of at most 100 that are looked into every 5 s; " +
      "dead letters too",
    labels: { queue: [] },
  });
  let shown: ReadonlyMap<string, number> = new Map();
  return (waiting) => {
    for (const queue of shown.keys()) if (!waiting.has(queue)) messages.remove({ queue });
    for (const [queue, count] of waiting) messages.set({ queue }, count);
    shown = waiting;
  };
}
