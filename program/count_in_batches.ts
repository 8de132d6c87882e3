import type { Metrics } from "./metric.ts";

/**
 * Counts many events at a time, and before anybody reads the metrics: one by one, each between two
 * pieces of other work, they would cost several times as much.
 *
 * @param count Counts one event; must not throw.
 * @param metrics The registry whose readers see all that was counted.
 * @param atATime How many events wait to be counted, at most.
 * @returns A function that takes events.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countInBatches, createMetrics } from "@asya/program";
 *
 * const metrics = await createMetrics({ namespace: "asya_example" });
 * const seen: string[] = [];
 * const emit = countInBatches((event: string) => seen.push(event), metrics, 256);
 * emit("started");
 * assert.deepEqual(seen, []);
 * await metrics.render();
 * assert.deepEqual(seen, ["started"]);
 * ```
 */
export function countInBatches<E>(
  count: (event: E) => void,
  metrics: Pick<Metrics, "beforeRender">,
  atATime: number,
): (event: E) => void {
  const events: E[] = [];
  const countAll = () => {
    for (const event of events) count(event);
    events.length = 0;
  };
  metrics.beforeRender(countAll);
  return (event) => {
    if (events.push(event) >= atATime) countAll();
  };
}
