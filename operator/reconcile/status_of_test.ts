import assert from "node:assert/strict";
import type { LiveObject } from "./cluster.ts";
import { scalingHealth } from "./scaling_health.ts";
import { Scene } from "./testing/scene.ts";
import { someActor } from "./testing/some_actor.ts";
import { workloadHealth } from "./workload_health.ts";

const pure = { permissions: "none" } as const;

/** An object with a status. */
function live(kind: string, changes: Partial<LiveObject>): LiveObject {
  return {
    ...{ apiVersion: "apps/v1", kind, namespace: "docs", name: "ocr", uid: "u" },
    ...{ resourceVersion: "1", generation: 2, labels: {}, annotations: {}, isGoing: false },
    ...changes,
  };
}

/** A condition of a live object. */
function condition(type: string, status: string, message?: string) {
  return { type, status, ...(message && { message }) };
}

const seen = { observedGeneration: 2 };

/** What is there, and what is said of it: ready, progressing, trouble. */
const workloads: [string, LiveObject, string, string, string?][] = [
  [
    "a Deployment that nobody saw",
    live("Deployment", { replicas: 1, status: {} }),
    "NotSeen",
    "NotSeen",
  ],
  [
    "one that KEDA sleeps",
    live("Deployment", { replicas: 0, status: seen }),
    "ScaledToZero",
    "Settled",
  ],
  [
    "one whose pods start",
    live("Deployment", {
      replicas: 2,
      status: {
        ...seen,
        ...{ replicas: 2, updatedReplicas: 2, readyReplicas: 1 },
        conditions: [condition("Available", "False")],
      },
    }),
    "PodsNotReady",
    "RollingOut",
  ],
  [
    "one that is replaced pod by pod",
    live("Deployment", {
      replicas: 2,
      status: {
        ...seen,
        ...{ replicas: 2, updatedReplicas: 1, readyReplicas: 2 },
        conditions: [condition("Available", "True")],
      },
    }),
    "PodsReady",
    "RollingOut",
  ],
  [
    "one that has changed a moment ago",
    live("Deployment", {
      replicas: 2,
      status: {
        observedGeneration: 1,
        ...{ replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
        conditions: [condition("Available", "True")],
      },
    }),
    "PodsReady",
    "NotSeen",
  ],
  [
    "one that does not come up",
    live("Deployment", {
      replicas: 1,
      status: {
        ...seen,
        replicas: 1,
        conditions: [condition("Available", "False"), condition("Progressing", "False")],
      },
    }),
    "PodsNotReady",
    "ProgressDeadlineExceeded",
    "ProgressDeadlineExceeded",
  ],
  [
    "one whose pods are refused",
    live("Deployment", {
      replicas: 1,
      status: { ...seen, conditions: [condition("ReplicaFailure", "True", "quota")] },
    }),
    "PodsNotReady",
    "PodsRefused",
    "PodsRefused",
  ],
  [
    "a StatefulSet of which one is missing",
    live("StatefulSet", { replicas: 2, status: { ...seen, replicas: 1, readyReplicas: 1 } }),
    "PodsNotReady",
    "RollingOut",
  ],
  [
    "a StatefulSet that is whole",
    live("StatefulSet", {
      replicas: 2,
      status: { ...seen, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
    }),
    "PodsReady",
    "Settled",
  ],
  ["a Job that starts", live("Job", { status: { active: 1 } }), "PodsNotReady", "RollingOut"],
  ["a Job at work", live("Job", { status: { active: 1, ready: 1 } }), "PodsReady", "Settled"],
  [
    "a Job that is done",
    live("Job", { status: { succeeded: 1, conditions: [condition("Complete", "True")] } }),
    "JobComplete",
    "Settled",
  ],
  [
    "a Job that failed",
    live("Job", { status: { conditions: [condition("Failed", "True", "too often")] } }),
    "JobFailed",
    "Settled",
    "JobFailed",
  ],
];

Deno.test("[O6] status: how a workload is", pure, () => {
  for (const [what, object, ready, progressing, trouble] of workloads) {
    const health = workloadHealth(object);
    assert.deepEqual(
      [health.ready.reason, health.progressing.reason, health.trouble?.reason],
      [ready, progressing, trouble],
      what,
    );
  }
});

Deno.test("[O6] status: how the scaling is, as KEDA says", pure, () => {
  const ready = condition("Ready", "True");
  const cases: [unknown[], string][] = [
    [[], "Unknown NotSeen"],
    [[condition("Ready", "Unknown")], "Unknown NotSeen"],
    [[ready, condition("Active", "False"), condition("Fallback", "False")], "True QueueWatched"],
    [[condition("Ready", "False", "no such queue")], "False KedaNotReady"],
    [[ready, condition("Fallback", "True")], "False FallingBack"],
    [[ready, condition("Paused", "True")], "True Paused"],
  ];
  for (const [conditions, said] of cases) {
    const { status, reason } = scalingHealth(live("ScaledObject", { status: { conditions } }));
    assert.equal(`${status} ${reason}`, said);
  }
});

Deno.test(
  "[O6] status: an actor that sleeps is ready, and says what was made of it",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    await scene.look();
    const first = scene.cluster.actorNow("ocr")?.status;
    assert.equal(scene.condition("Ready"), "False NotSeen");
    scene.nowMs += 5_000;
    scene.cluster.change("Deployment", "ocr", () => ({
      replicas: 0,
      status: { observedGeneration: 1, conditions: [condition("Available", "True")] },
    }));
    scene.cluster.change("ScaledObject", "ocr", () => ({
      status: { conditions: [condition("Ready", "True")] },
    }));
    assert.deepEqual(await scene.look(), ["status"]);
    const { conditions = [], ...status } = scene.cluster.actorNow("ocr")?.status ?? {};
    assert.deepEqual(status, {
      observedGeneration: 1,
      replicas: 0,
      selector: "app=ocr,asya.io/asya=ocr,asya.io/workload=Deployment",
      workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "ocr" },
      scaledObjectRef: { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "ocr" },
    });
    assert.deepEqual(
      conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
      [
        "Ready True AsAsked",
        "WorkloadReady True ScaledToZero",
        "ScalingReady True QueueWatched",
        "Progressing False Settled",
        "Degraded False AsAsked",
      ],
    );
    const degraded = (all: typeof conditions) => all.find(({ type }) => type === "Degraded");
    assert.equal(
      degraded(conditions)?.lastTransitionTime,
      degraded([...first?.conditions ?? []])?.lastTransitionTime,
      "what has not changed keeps its time",
    );
    assert.equal(conditions[0]?.lastTransitionTime, "2026-01-01T00:00:05Z");
  },
);

Deno.test(
  "[O6] status: nothing is said to begin that something is in the way of",
  pure,
  async () => {
    const containers = [{ name: "handler", image: "deno" }];
    const annotations = { "asya.io/runtime-container": "none" };
    const template = { metadata: { annotations }, spec: { containers } };
    const refused = new Scene();
    refused.cluster.putActor(someActor({ spec: { workload: { template } } }));
    await refused.look();
    assert.equal(refused.condition("Progressing"), "False RuntimeContainerUnknown");
    const denied = new Scene();
    denied.cluster.putActor(someActor());
    denied.cluster.failNext((write) => write === "apply Deployment/ocr", "invalid");
    await assert.rejects(denied.look(), { code: "invalid" });
    assert.equal(denied.condition("Progressing"), "False WorkloadRefused");
  },
);
