import assert from "node:assert/strict";
import { Scene } from "./testing/scene.ts";
import { OBJECTS_OF_ACTOR, someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

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
  assert.deepEqual(scene.kinds, OBJECTS_OF_ACTOR);
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
    assert.equal(scene.told.filter(({ reason }) => reason === "KedaSilent").length, 1);
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
