import fc from "fast-check";
import assert from "node:assert/strict";
import { desired } from "../desired/desired.ts";
import { noteFixedPart } from "./fixed_part.ts";
import { noteReplicas } from "./note_replicas.ts";
import { KubeError, type KubeErrorCode } from "./kube_error.ts";
import { isRead } from "./testing/memory_cluster.ts";
import { platform, Scene } from "./testing/scene.ts";
import { someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

/** What an actor can be that matters to a plan: which objects there are, and what is fixed of them. */
const spec = fc.record({
  type: fc.constantFrom("Deployment", "StatefulSet", "Job"),
  enabled: fc.boolean(),
  policy: fc.boolean(),
  storage: fc.constantFrom("1Gi", "2Gi"),
  queueName: fc.constantFrom("ocr", "other"),
  account: fc.constantFrom(undefined, "mine"),
}).map(({ type, enabled, policy, storage, queueName, account }) => ({
  queueName,
  scaling: { enabled },
  networkPolicy: { enabled: policy },
  workload: {
    type,
    template: {
      spec: {
        containers: [{ name: "handler", image: "deno" }],
        ...(account && { serviceAccountName: account }),
      },
    },
    ...(type === "StatefulSet" && {
      volumeClaimTemplates: [{
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
      }],
    }),
  },
}));

const CODES: readonly KubeErrorCode[] = [
  ...[
    "conflict",
    "invalid",
    "failed",
    "forbidden",
    "not_found",
    "throttled",
    "unreachable",
  ] as const,
];

/** Something that happens to an actor, its objects or its operator. */
const step = fc.oneof(
  { weight: 3, arbitrary: spec.map((spec) => ({ kind: "change", spec }) as const) },
  { weight: 6, arbitrary: fc.constant({ kind: "look" } as const) },
  fc.constantFrom("Deployment", "StatefulSet", "ServiceAccount", "ScaledObject", "NetworkPolicy")
    .map((of) => ({ kind: "drift", of }) as const),
  fc.constantFrom("Deployment", "StatefulSet", "Job", "ServiceAccount", "ScaledObject")
    .map((of) => ({ kind: "drop", of }) as const),
  fc.constantFrom("delete", "recreate", "restart", "lag", "show", "keda off", "keda silent")
    .map((kind) => ({ kind }) as const),
  fc.constantFrom(...CODES).map((code) => ({ kind: "fail", code }) as const),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** An actor's life, one step after another. */
class Life {
  readonly scene = new Scene();
  #births = 0;

  constructor() {
    this.scene.cluster.putActor(this.#born({}));
  }

  async live(step: Step): Promise<void> {
    const { scene } = this;
    const { cluster } = scene;
    scene.nowMs += 1_000;
    switch (step.kind) {
      case "change": {
        const actor = cluster.actorNow("ocr");
        const { uid, deletionTimestamp } = actor?.metadata ?? {};
        if (actor && deletionTimestamp === undefined) {
          cluster.putActor(someActor({ metadata: { uid }, spec: step.spec }));
        }
        break;
      }
      case "look":
        return await this.look();
      case "drift":
        cluster.change(step.of, "ocr", ({ live }) => ({ generation: (live.generation ?? 0) + 1 }));
        break;
      case "drop":
        cluster.drop(step.of, "ocr");
        break;
      case "delete":
        cluster.deleteActor("ocr", new Date(scene.nowMs));
        break;
      case "recreate":
        if (!cluster.actorNow("ocr")) cluster.putActor(this.#born({}));
        break;
      case "restart":
        scene.restart();
        break;
      case "lag":
        cluster.showsAtOnce = false;
        break;
      case "show":
        cluster.show();
        break;
      case "keda off":
        cluster.hasKeda = !cluster.hasKeda;
        break;
      case "keda silent":
        cluster.hasKedaRunning = !cluster.hasKedaRunning;
        break;
      case "fail":
        cluster.failNext(() => true, step.code);
        break;
    }
  }

  /** One look; what the API server says no to is tried again by whoever calls. */
  async look(): Promise<void> {
    try {
      await this.scene.look();
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
    }
  }

  /** Everything works again, and there is time. */
  async rest(): Promise<void> {
    const { scene, scene: { cluster } } = this;
    cluster.showsAtOnce = true;
    cluster.hasKeda = true;
    cluster.hasKedaRunning = true;
    for (const { live } of [...cluster.objects.values()]) {
      if (live.isGoing) cluster.drop(live.kind, live.name);
    }
    for (let times = 0; times < 10; times++) {
      // Longer than an object that no watch shows goes without a look at it.
      scene.nowMs += 400_000;
      cluster.show();
      await this.look();
    }
  }

  #born(spec: Readonly<Record<string, unknown>>) {
    return someActor({ metadata: { uid: `life-${++this.#births}` }, spec });
  }
}

Deno.test("[O1] converge: whatever happened, what is there is what is wanted", pure, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const life = new Life();
      for (const step of steps) await life.live(step);
      await life.rest();
      const { scene, scene: { cluster } } = life;
      const actor = cluster.actorNow("ocr");
      const wanted = isRead(actor)
        ? desired(actor, { ...platform, hasKeda: true }).objects.map((object) =>
          noteReplicas(noteFixedPart(object, actor.metadata.generation))
        )
        : [];
      const there = [...cluster.objects.values()].map(({ said }) => said);
      assert.deepEqual(
        new Map(there.map((object) => [object.kind, object])),
        new Map(wanted.map((object) => [object.kind, object])),
      );
      assert.deepEqual(await scene.look(), []);
    }),
    { numRuns: 100 },
  );
});
