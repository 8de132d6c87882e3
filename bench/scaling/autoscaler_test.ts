import assert from "node:assert/strict";
import {
  Autoscaler,
  limitOfScaleUp,
  recommendReplicas,
  SCALING_DEFAULTS,
  type ScalingSettings,
} from "./autoscaler.ts";

const none = { permissions: "none" } as const;
const settings: ScalingSettings = {
  ...SCALING_DEFAULTS,
  minReplicas: 0,
  maxReplicas: 50,
  target: 5,
};

Deno.test("autoscaler: the HPA's wish, rounded up, and left alone near the target", none, () => {
  const cases: [messages: number, replicas: number, wanted: number][] = [
    [100, 1, 20],
    [101, 1, 21],
    [1, 20, 1],
    [0, 3, 0],
    [52, 10, 10], // 4 % more than the target
    [54, 10, 10],
    [56, 10, 12],
    [46, 10, 10],
    [44, 10, 9],
  ];
  for (const [messages, replicas, wanted] of cases) {
    assert.equal(recommendReplicas(messages, replicas, settings), wanted, `${messages} messages`);
  }
});

Deno.test("autoscaler: replicas at most double, or become four more", none, () => {
  assert.deepEqual([1, 2, 4, 5, 16].map(limitOfScaleUp), [5, 6, 8, 10, 32]);
});

Deno.test("autoscaler: KEDA starts the first replica, the HPA the others", none, () => {
  const autoscaler = new Autoscaler(settings);
  assert.equal(autoscaler.sync(0, 1_000, 0), 0);
  assert.equal(autoscaler.poll(5, 1_000, 0), 1);
  assert.equal(autoscaler.poll(6, 1_000, 1), 1);
  assert.equal(autoscaler.sync(15, 1_000, 1), 5);
  assert.equal(autoscaler.sync(30, 1_000, 5), 10);
  assert.equal(autoscaler.sync(45, 1_000, 10), 20);
  assert.equal(autoscaler.sync(60, 1_000, 20), 40);
  assert.equal(autoscaler.sync(75, 1_000, 40), 50, "the most that is allowed");
});

Deno.test("autoscaler: replicas go when none were wanted for the whole window", none, () => {
  const autoscaler = new Autoscaler(settings);
  assert.equal(autoscaler.sync(0, 50, 10), 10);
  assert.equal(autoscaler.sync(150, 20, 10), 10, "ten were wanted a moment ago");
  assert.equal(autoscaler.sync(299, 5, 10), 10);
  assert.equal(autoscaler.sync(300, 5, 10), 4, "the most of what was wanted meanwhile");
  assert.equal(autoscaler.sync(600, 0, 4), 1, "the last one is KEDA's");
});

Deno.test("autoscaler: the last replica goes after the cooldown", none, () => {
  const autoscaler = new Autoscaler(settings);
  assert.equal(autoscaler.poll(0, 1, 0), 1);
  assert.equal(autoscaler.poll(270, 0, 1), 1);
  assert.equal(autoscaler.poll(300, 0, 1), 0);
  const never = new Autoscaler({ ...settings, minReplicas: 2 });
  assert.equal(never.poll(0, 1, 0), 2);
  assert.equal(never.poll(9_000, 0, 2), 2);
});
