import assert from "node:assert/strict";
import { Scene } from "./testing/scene.ts";
import { someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

const template = { spec: { containers: [{ name: "handler", image: "deno" }] } };

/** An actor of a kind of workload. */
function ofType(type: string, spec: Readonly<Record<string, unknown>> = {}) {
  return someActor({ spec: { workload: { type, template }, ...spec } });
}

const ALL = [
  "Deployment/ocr",
  "ScaledObject/ocr",
  "Secret/ocr-asya",
  "ServiceAccount/ocr",
  "TriggerAuthentication/ocr",
];

Deno.test(
  "[O1] reconcile: an actor is made in order, and then nothing is written",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    assert.deepEqual(await scene.look(), [
      "finalizers [asya.io/finalizer]",
      "apply ServiceAccount/ocr",
      "apply Secret/ocr-asya",
      "apply Deployment/ocr",
      "apply TriggerAuthentication/ocr",
      "apply ScaledObject/ocr",
      "status",
    ]);
    assert.deepEqual(scene.kinds, ALL);
    assert.deepEqual(scene.declared, ["ocr"]);
    assert.deepEqual(await scene.look(), []);
    scene.nowMs += 3_600_000;
    assert.deepEqual(await scene.look(), []);
  },
);

Deno.test("[O1] reconcile: a cache that is behind makes nothing twice", pure, async () => {
  const scene = new Scene();
  scene.cluster.showsAtOnce = false;
  scene.cluster.putActor(someActor());
  scene.cluster.show();
  await scene.look();
  assert.deepEqual(await scene.look(), []);
  scene.cluster.show();
  assert.deepEqual(await scene.look(), []);
});

Deno.test("[O1] reconcile: a successor applies once more, and changes nothing", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  const before = new Map(scene.cluster.objects);
  scene.restart();
  const writes = await scene.look();
  assert.ok(writes.every((write) => write.startsWith("apply")), String(writes));
  assert.deepEqual(scene.cluster.objects, before);
  assert.deepEqual(await scene.look(), []);
});

Deno.test("[O1] reconcile: what others change or remove is put right", pure, async (t) => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  await t.step("a spec", async () => {
    scene.cluster.change("Deployment", "ocr", ({ live }) => ({ generation: live.generation! + 1 }));
    assert.deepEqual(await scene.look(), ["apply Deployment/ocr"]);
  });
  await t.step("a label", async () => {
    scene.cluster.change("Deployment", "ocr", () => ({ labels: {} }));
    assert.deepEqual(await scene.look(), ["apply Deployment/ocr"]);
  });
  await t.step("an object that is gone", async () => {
    scene.cluster.drop("ServiceAccount", "ocr");
    assert.deepEqual(await scene.look(), ["apply ServiceAccount/ocr"]);
  });
  await t.step("a Secret, which no watch shows, after a while", async () => {
    scene.cluster.drop("Secret", "ocr-asya");
    assert.deepEqual(await scene.look(), []);
    scene.nowMs += 300_000;
    assert.deepEqual(await scene.look(), ["apply Secret/ocr-asya"]);
  });
  assert.deepEqual(await scene.look(), []);
});

Deno.test(
  "[O2] reconcile: another kind of workload takes over before the old one goes",
  pure,
  async (t) => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    await scene.look();
    await t.step("a StatefulSet that is scaled", async () => {
      scene.cluster.putActor(ofType("StatefulSet"));
      assert.deepEqual(await scene.look(), [
        "apply StatefulSet/ocr",
        "apply ScaledObject/ocr",
        "remove Deployment/ocr Background",
        "status",
      ]);
    });
    await t.step("a Job that is not", async () => {
      scene.cluster.putActor(ofType("Job"));
      assert.deepEqual(await scene.look(), [
        "remove ScaledObject/ocr Background",
        "remove TriggerAuthentication/ocr Background",
        "apply Job/ocr",
        "remove StatefulSet/ocr Background",
        "status",
      ]);
    });
    await t.step("not if the new one is refused", async () => {
      scene.cluster.putActor(ofType("Deployment"));
      scene.cluster.failNext((write) => write === "apply Deployment/ocr", "invalid");
      await assert.rejects(scene.look(), { code: "invalid" });
      assert.ok(scene.kinds.includes("Job/ocr"));
      assert.equal(scene.condition("Degraded"), "True WorkloadRefused");
      await scene.look();
      assert.deepEqual(scene.kinds, ALL);
    });
  },
);

Deno.test("[O2] reconcile: who scales goes before the operator says how many", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  scene.cluster.putActor(someActor({ spec: { scaling: { enabled: false } } }));
  assert.deepEqual(await scene.look(), [
    "remove ScaledObject/ocr Background",
    "remove TriggerAuthentication/ocr Background",
    "apply Deployment/ocr",
    "status",
  ]);
  assert.equal(scene.condition("ScalingReady"), "True ScalingOff");
});

Deno.test("[O2] reconcile: what cannot be changed is made anew", pure, async (t) => {
  const claims = (storage: string) => [{
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  }];
  const withClaims = (storage: string) =>
    someActor({
      spec: {
        workload: { type: "StatefulSet", template, volumeClaimTemplates: claims(storage) },
      },
    });
  const scene = new Scene();
  scene.cluster.putActor(withClaims("1Gi"));
  await scene.look();
  await t.step("a StatefulSet's claims, whose pods stay", async () => {
    scene.cluster.putActor(withClaims("2Gi"));
    const writes = await scene.look();
    assert.deepEqual(writes.slice(0, 2), [
      "remove StatefulSet/ocr Orphan",
      "apply StatefulSet/ocr",
    ]);
  });
  await t.step("a Job's pods", async () => {
    scene.cluster.putActor(ofType("Job"));
    await scene.look();
    scene.cluster.putActor(ofType("Job", { handler: "./other.ts" }));
    assert.deepEqual((await scene.look()).slice(0, 2), [
      "remove Job/ocr Background",
      "apply Job/ocr",
    ]);
    assert.ok(scene.told.some(({ reason }) => reason === "Replaced"));
  });
});

Deno.test("[O3] reconcile: an object of somebody else stays as it is", pure, async () => {
  const scene = new Scene();
  const foreign = scene.cluster.put({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "ocr", namespace: "docs" },
  });
  scene.cluster.putActor(someActor());
  await scene.look();
  assert.deepEqual(scene.cluster.objects.get("Deployment/ocr")?.live, foreign);
  assert.equal(scene.condition("Degraded"), "True NameTaken");
  assert.equal(scene.condition("Ready"), "False NameTaken");
  assert.deepEqual(await scene.look(), []);
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  await scene.look();
  assert.deepEqual(scene.kinds, ["Deployment/ocr"]);
  assert.equal(scene.told.filter(({ reason }) => reason === "NameTaken").length, 1);
});

Deno.test("[O4] reconcile: a deleted actor goes last, KEDA's object first", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  scene.cluster.hasKedaRunning = false;
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  assert.deepEqual(await scene.look(), ["remove ScaledObject/ocr Background", "status"]);
  assert.equal(scene.condition("Progressing"), "True Deleting");
  assert.deepEqual(await scene.look(), []);
  scene.cluster.drop("ScaledObject", "ocr");
  assert.deepEqual(await scene.look(), [
    "remove TriggerAuthentication/ocr Background",
    "remove Deployment/ocr Background",
    "remove ServiceAccount/ocr Background",
    "remove Secret/ocr-asya Background",
    "finalizers []",
  ]);
  assert.deepEqual(scene.kinds, []);
  assert.equal(scene.cluster.actorNow("ocr"), undefined);
  assert.ok(scene.told.some(({ reason }) => reason === "QueueKept"));
  assert.deepEqual(await scene.look(), []);
});

Deno.test("[O4] reconcile: what somebody wants to keep stays", pure, async () => {
  const scene = new Scene();
  const finalizers = ["orphan", "asya.io/finalizer"];
  scene.cluster.putActor(someActor({ metadata: { finalizers } }));
  await scene.look();
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  assert.deepEqual(await scene.look(), ["finalizers [orphan]"]);
  assert.deepEqual(scene.kinds, ALL);
});

Deno.test("[O4] reconcile: what no watch has shown is removed too", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  scene.cluster.showsAtOnce = false;
  scene.cluster.show();
  await scene.look();
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  scene.cluster.showActors();
  await scene.look();
  assert.deepEqual(scene.kinds, []);
});

Deno.test(
  "[O4] reconcile: without KEDA everything else goes, and why it waits is said",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    await scene.look();
    scene.cluster.hasKedaRunning = false;
    scene.brokerProblem = "the broker is away";
    scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
    await scene.look();
    scene.nowMs += 30_000;
    await scene.look();
    assert.deepEqual(scene.kinds, ["ScaledObject/ocr"]);
    assert.equal(scene.condition("Degraded"), "True KedaSilent");
    scene.cluster.drop("ScaledObject", "ocr");
    await scene.look();
    assert.equal(scene.cluster.actorNow("ocr"), undefined);
  },
);

Deno.test(
  "[O4] reconcile: an actor that nothing was made for goes, readable or not",
  pure,
  async () => {
    const scene = new Scene();
    const { metadata } = someActor({ metadata: { finalizers: ["asya.io/finalizer"] } });
    scene.cluster.putActor({ metadata, problems: ["spec is absent"] });
    scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
    assert.deepEqual(await scene.look(), ["finalizers []"]);
    assert.equal(scene.cluster.actorNow("ocr"), undefined);
  },
);

Deno.test("[O5] reconcile: KEDA watches a queue only once it is declared", pure, async () => {
  const scene = new Scene();
  scene.brokerProblem = "amqp://guest@rabbitmq: nobody answers";
  scene.cluster.putActor(someActor());
  await scene.look();
  assert.deepEqual(scene.kinds, ALL.filter((kind) => kind !== "ScaledObject/ocr"));
  assert.equal(scene.condition("ScalingReady"), "False QueueNotDeclared");
  const { againAfterMs } = await scene.reconciler.reconcileActor("docs", "ocr");
  assert.equal(againAfterMs, 1_000);
  scene.brokerProblem = undefined;
  scene.nowMs += 1_000;
  assert.deepEqual(await scene.look(), ["apply ScaledObject/ocr", "status"]);
  scene.cluster.putActor(someActor({ spec: { queueName: "other" } }));
  await scene.look();
  assert.deepEqual(scene.declared, ["ocr", "other"]);
});

Deno.test("[O5] reconcile: a Secret that is missing is waited for", pure, async () => {
  const scene = new Scene();
  const passwordSecretRef = { name: "mq", key: "password" };
  const rabbitmq = { host: "rabbitmq", username: "me", passwordSecretRef };
  const spec = { transport: { type: "rabbitmq", rabbitmq } };
  scene.cluster.putActor(someActor({ spec }));
  await scene.look();
  assert.equal(scene.condition("Degraded"), "True SecretMissing");
  scene.cluster.putActor(someActor({ spec: { ...spec, scaling: { enabled: false } } }));
  await scene.look();
  assert.equal(scene.condition("Degraded"), "True SecretMissing");
  scene.cluster.secrets.set("mq/password", "secret");
  scene.nowMs += 60_000;
  await scene.look();
  assert.equal(scene.condition("Degraded"), "False AsAsked");
});

Deno.test("[O6] reconcile: a spec that makes no sense tears nothing down", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  const { metadata } = someActor();
  scene.cluster.putActor({ metadata, problems: ["spec.queueName is 1; text is allowed"] });
  assert.deepEqual(await scene.look(), ["status"]);
  assert.deepEqual(scene.kinds, ALL);
  assert.equal(scene.condition("Ready"), "False InvalidSpec");
  assert.deepEqual(await scene.look(), []);
  const sqs = { type: "sqs", sqs: { region: "eu-central-1" } };
  scene.cluster.putActor(someActor({ spec: { transport: sqs } }));
  assert.deepEqual(await scene.look(), ["status"]);
  assert.deepEqual(scene.kinds, ALL);
  assert.equal(scene.condition("Degraded"), "True TransportNotSupported");
});

Deno.test("[O6] reconcile: KEDA may be absent, come and go", pure, async () => {
  const scene = new Scene();
  scene.cluster.hasKeda = false;
  scene.cluster.putActor(someActor());
  await scene.look();
  assert.deepEqual(scene.kinds, ["Deployment/ocr", "Secret/ocr-asya", "ServiceAccount/ocr"]);
  assert.equal(scene.condition("ScalingReady"), "False KedaMissing");
  scene.cluster.hasKeda = true;
  await scene.look();
  assert.deepEqual(scene.kinds, ALL);
});

Deno.test(
  "[O6] reconcile: an answer that stands in the way of everything ends the look",
  pure,
  async () => {
    for (const code of ["conflict", "unauthorized", "throttled", "unreachable"] as const) {
      const scene = new Scene();
      scene.cluster.putActor(someActor());
      scene.cluster.failNext((write) => write === "apply Secret/ocr-asya", code, 7_000);
      await assert.rejects(scene.look(), { code, retryAfterMs: 7_000 });
      assert.equal(scene.cluster.actorNow("ocr")?.status, undefined, code);
      await scene.look();
      assert.deepEqual(scene.kinds, ALL, code);
      assert.deepEqual(await scene.look(), [], code);
    }
  },
);

Deno.test(
  "[O6] reconcile: an object that is refused keeps no other from being made",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.putActor(someActor());
    scene.cluster.failNext((write) => write === "apply TriggerAuthentication/ocr", "forbidden");
    await assert.rejects(scene.look(), { code: "forbidden" });
    assert.deepEqual(scene.kinds, ALL.filter((kind) => !kind.startsWith("Trigger")));
    assert.equal(scene.condition("Degraded"), "True ObjectRefused");
    await scene.look();
    assert.equal(scene.condition("Degraded"), "False AsAsked");
  },
);

Deno.test("[O6] reconcile: a namespace that is going gets nothing new", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  scene.cluster.failNext((write) => write.startsWith("apply"), "terminating");
  await scene.look();
  assert.deepEqual(scene.kinds, []);
});

Deno.test("[O6] reconcile: what happens is told once", pure, async () => {
  const scene = new Scene();
  scene.brokerProblem = "nobody answers";
  scene.cluster.putActor(someActor());
  await scene.look();
  scene.nowMs += 60_000;
  await scene.look();
  await scene.look();
  assert.deepEqual(scene.told.map(({ type, reason }) => `${type} ${reason}`), [
    "Normal Created",
    "Warning QueueNotDeclared",
  ]);
  assert.equal(
    scene.told[0]?.note,
    "Made the ServiceAccount ocr, the Secret ocr-asya, the Deployment ocr, " +
      "the TriggerAuthentication ocr.",
  );
});
