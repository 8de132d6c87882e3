import assert from "node:assert/strict";
import { Scene } from "./testing/scene.ts";
import { OBJECTS_OF_ACTOR, someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

const template = { spec: { containers: [{ name: "handler", image: "deno" }] } };

/** An actor of a kind of workload. */
function ofType(type: string, spec: Readonly<Record<string, unknown>> = {}) {
  return someActor({ spec: { workload: { type, template }, ...spec } });
}

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
    assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
    assert.deepEqual(scene.declared, ["ocr"]);
    assert.deepEqual(await scene.look(), []);
    scene.nowMs += 3_600_000;
    assert.deepEqual(await scene.look(), []);
  },
);

Deno.test("[O2] reconcile: replicas stay when nobody says them any more", pure, async (t) => {
  const unscaled = { scaling: { enabled: false } };
  const handOver = ["keep replicas of Deployment/ocr", "apply Deployment/ocr"];
  const scene = new Scene();
  scene.cluster.putActor(someActor({ spec: unscaled }));
  await scene.look();
  await t.step("as this process said them", async () => {
    scene.cluster.putActor(someActor());
    assert.deepEqual((await scene.look()).slice(0, 2), handOver);
    scene.cluster.change("Deployment", "ocr", ({ live }) => ({ generation: live.generation! + 1 }));
    assert.deepEqual(await scene.look(), ["apply Deployment/ocr"]);
  });
  await t.step("as one before it did", async () => {
    scene.cluster.putActor(someActor({ spec: unscaled }));
    await scene.look();
    scene.cluster.putActor(someActor());
    scene.restart();
    const writes = await scene.look();
    assert.deepEqual(writes.filter((write) => write.includes("Deployment")), handOver);
  });
  await t.step("and where they cannot be kept, everything stays as it is", async () => {
    scene.cluster.putActor(someActor({ spec: unscaled }));
    await scene.look();
    scene.cluster.putActor(someActor());
    scene.cluster.failNext((write) => write.startsWith("keep"), "forbidden");
    await assert.rejects(scene.look(), { code: "forbidden" });
    assert.ok(!scene.cluster.writes.slice(-4).includes("apply Deployment/ocr"));
  });
});

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
  "[O1] reconcile: what an admission controller adds or changes is let be",
  pure,
  async () => {
    const scene = new Scene();
    scene.cluster.admit = (live) => ({
      ...live,
      labels: { ...live.labels, "app.kubernetes.io/part-of": "another" },
    });
    scene.cluster.putActor(someActor());
    await scene.look();
    assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
    assert.deepEqual(await scene.look(), []);
  },
);

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
      assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
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
  await t.step("a StatefulSet's claims, whose pods stay, as many as there are", async () => {
    scene.cluster.change("StatefulSet", "ocr", () => ({ replicas: 4 }));
    scene.cluster.putActor(withClaims("2Gi"));
    const writes = await scene.look();
    assert.deepEqual(writes.slice(0, 4), [
      "remove StatefulSet/ocr Orphan",
      "apply StatefulSet/ocr",
      "keep replicas of StatefulSet/ocr",
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
  await t.step("a Job that is done, only where its actor asks for another", async () => {
    const conditions = [{ type: "Complete", status: "True" }];
    scene.cluster.change("Job", "ocr", () => ({ status: { conditions } }));
    scene.platform = { ...scene.platform, sidecarImage: "asya-sidecar:2" };
    scene.restart();
    assert.ok(!(await scene.look()).some((write) => write.includes("Job/ocr")));
    scene.cluster.putActor(ofType("Job", { handler: "./third.ts" }));
    assert.equal((await scene.look())[0], "remove Job/ocr Background");
  });
  await t.step("a Job that is at work, where its operator is another", async () => {
    scene.platform = { ...scene.platform, sidecarImage: "asya-sidecar:3" };
    scene.restart();
    assert.ok((await scene.look()).includes("remove Job/ocr Background"));
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

Deno.test("[O3] reconcile: a copy of our object under another name is not ours", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  await scene.look();
  const kept = scene.cluster.objects.get("Deployment/ocr");
  assert.ok(kept);
  const metadata = { ...kept.said.metadata, name: "copy" };
  scene.cluster.put({ ...kept.said, metadata });
  scene.cluster.put({ ...kept.said, metadata: { ...metadata, name: "free", ownerReferences: [] } });
  assert.deepEqual(await scene.look(), []);
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  await scene.look();
  assert.deepEqual(scene.kinds, ["Deployment/copy", "Deployment/free"]);
});

Deno.test(
  "[O3] reconcile: KEDA comes to no broker with the keys of somebody else",
  pure,
  async () => {
    const scene = new Scene();
    const metadata = { name: "ocr", namespace: "docs" };
    const kind = { apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication" };
    scene.cluster.put({ ...kind, metadata });
    scene.cluster.putActor(someActor());
    await scene.look();
    assert.ok(!scene.kinds.includes("ScaledObject/ocr"));
    assert.equal(scene.condition("ScalingReady"), "False NameTaken");
    scene.cluster.drop("TriggerAuthentication", "ocr");
    await scene.look();
    assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
  },
);
