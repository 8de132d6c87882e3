import assert from "node:assert/strict";
import { percentile } from "../figure.ts";
import { arriveAtRate, burst } from "./arrivals.ts";
import { SCALING_DEFAULTS } from "./autoscaler.ts";
import { AMQP_TRIGGER, HTTP_TRIGGER, type Scenario } from "./scenario.ts";
import { simulate } from "./simulate.ts";
import { seededRandom } from "../../tests/kit/random.ts";

const none = { permissions: "none" } as const;

/** A hundred messages to an actor that is not there, as it was tried on a real cluster. */
const tried: Scenario = {
  arrivals: burst(100),
  actor: { prefetch: 1, concurrency: 1, serviceS: 60, unevenness: 0, startS: 2, graceS: 25 },
  scaling: {
    ...SCALING_DEFAULTS,
    pollingIntervalS: 10,
    minReplicas: 0,
    maxReplicas: 10,
    target: 5,
  },
  trigger: HTTP_TRIGGER,
  seed: 0,
};

/** Replicas that are always there. */
function fixed(scenario: Scenario, replicas: number): Scenario {
  const scaling = { ...scenario.scaling, minReplicas: replicas, maxReplicas: replicas };
  return { ...scenario, scaling };
}

function secondsTo(scenario: Scenario, replicas: number): number {
  const moment = simulate(scenario).timeline.find(({ wanted }) => wanted >= replicas);
  return moment?.atS ?? Infinity;
}

Deno.test("simulation: one seed, one outcome", none, () => {
  assert.deepEqual(simulate({ ...tried, seed: 5 }), simulate({ ...tried, seed: 5 }));
  assert.notDeepEqual(simulate({ ...tried, seed: 5 }), simulate({ ...tried, seed: 6 }));
});

Deno.test("simulation: a fixed crew takes as long as arithmetic says", none, () => {
  const outcome = simulate(fixed({ ...tried, seed: 1 }, 10));
  assert.equal(outcome.firstResultS, 60);
  assert.equal(outcome.lastResultS, 600);
  assert.equal(outcome.workS, 6_000);
  assert.equal(outcome.replicaS, 6_000, "each of ten for ten minutes");
  assert.equal(outcome.changes, 0);
});

Deno.test("simulation: waiting at one server is what Pollaczek and Khinchine say", none, () => {
  const arrivals = arriveAtRate(() => 0.5, 0.5, 400_000, seededRandom(3));
  const { latenciesS } = simulate(fixed({
    ...tried,
    arrivals,
    actor: { ...tried.actor, serviceS: 1, unevenness: 1 },
    seed: 4,
  }, 1));
  const meanS = latenciesS.reduce((sum, one) => sum + one, 0) / latenciesS.length;
  // Load 0.5, and as uneven as an exponential: one second of waiting, one of work.
  assert.ok(Math.abs(meanS - 2) < 0.1, `it took ${meanS} s on average`);
});

Deno.test("simulation: 0 to 10 replicas in the time that was measured on a cluster", none, () => {
  for (const trigger of [HTTP_TRIGGER, AMQP_TRIGGER]) {
    const times = Array.from(
      { length: 200 },
      (_, seed) => secondsTo({ ...tried, trigger, seed }, 10),
    );
    const [least, most] = [percentile(times, 0.01), percentile(times, 0.99)];
    // 26 s over http, 39 s over amqp: two trials, each somewhere in its range.
    assert.ok(least <= 26 && most >= 26 && least >= 14, `${least} to ${most} s`);
    assert.ok(most >= 38 && most <= 46, `${least} to ${most} s`);
  }
});

Deno.test("simulation: busy replicas go only where unacked is not counted", none, () => {
  const long: Scenario = {
    ...tried,
    arrivals: burst(10),
    actor: { ...tried.actor, serviceS: 600 },
    scaling: { ...tried.scaling, cooldownPeriodS: 60, scaleDownWindowS: 60, target: 1 },
  };
  assert.equal(simulate({ ...long, trigger: HTTP_TRIGGER, seed: 2 }).brokenOff, 0);
  assert.ok(simulate({ ...long, trigger: AMQP_TRIGGER, seed: 2, untilS: 3_600 }).brokenOff > 0);
  const patient = { ...long, actor: { ...long.actor, graceS: 600 } };
  assert.equal(simulate({ ...patient, trigger: AMQP_TRIGGER, seed: 2 }).brokenOff, 0);
});

Deno.test("simulation: everything comes to its end, whatever the settings", none, () => {
  const random = seededRandom(11);
  for (let seed = 0; seed < 100; seed++) {
    const count = Math.floor(random() * 300);
    const concurrency = 1 + Math.floor(random() * 8);
    const outcome = simulate({
      arrivals: Array.from({ length: count }, () => random() * 600).sort((a, b) => a - b),
      actor: {
        concurrency,
        prefetch: 1 + Math.floor(random() * 20),
        serviceS: random() * 20,
        unevenness: random() * 2,
        startS: random() * 120,
        graceS: random() * 30,
      },
      scaling: {
        minReplicas: Math.floor(random() * 2),
        maxReplicas: 2 + Math.floor(random() * 30),
        target: 1 + Math.floor(random() * 20),
        pollingIntervalS: 1 + random() * 30,
        cooldownPeriodS: random() * 300,
        syncPeriodS: 15,
        tolerance: 0.1,
        scaleDownWindowS: random() * 300,
      },
      // Over amqp a message may never end: its replica goes before it is done, again and again.
      trigger: HTTP_TRIGGER,
      seed,
    });
    assert.equal(outcome.latenciesS.length, count, `seed ${seed}`);
    assert.ok(outcome.replicaS >= outcome.workS - 1e-6, `seed ${seed}: work without a worker`);
    assert.ok(outcome.timeline.every(({ ready, unacked }) => ready >= 0 && unacked >= 0));
  }
});
