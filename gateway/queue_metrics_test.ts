import { createMetrics } from "@asya/program";
import assert from "node:assert/strict";
import { createQueueGauge } from "./queue_metrics.ts";

Deno.test("[C6] metrics show the queues that were seen last, and no others", async () => {
  const metrics = await createMetrics();
  const show = createQueueGauge(metrics);
  const shown = async () =>
    (await metrics.render()).split("\n").filter((line) => line.startsWith("queue_messages"));
  // Not known is not none.
  assert.deepEqual(await shown(), []);
  show(new Map([["a", 3], ["b", 0]]));
  assert.deepEqual(await shown(), ['queue_messages{queue="a"} 3', 'queue_messages{queue="b"} 0']);
  for (let turn = 0; turn < 3; turn++) {
    show(new Map(Array.from({ length: 100 }, (_, index) => [`queue-${turn}-${index}`, 1])));
    assert.equal((await shown()).length, 100);
  }
  show(new Map([["b", 2]]));
  assert.deepEqual(await shown(), ['queue_messages{queue="b"} 2']);
  show(new Map());
  assert.deepEqual(await shown(), []);
});
