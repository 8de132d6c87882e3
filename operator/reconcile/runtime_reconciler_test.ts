import assert from "node:assert/strict";
import { runtimeConfigMap } from "../desired/runtime_config_map.ts";
import { platform, Scene } from "./testing/scene.ts";
import { someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;
const OURS = "ConfigMap/asya-runtime-0123456789ab";

/** The writes of a look at the namespace. */
async function look(scene: Scene): Promise<readonly string[]> {
  const before = scene.cluster.writes.length;
  await scene.reconciler.reconcileRuntime("docs");
  return scene.cluster.writes.slice(before);
}

/** The files of another version. */
function putOld(scene: Scene): void {
  scene.cluster.put(runtimeConfigMap("docs", { ...platform, runtimeHash: "old" }));
}

/** What a Deployment's controller says when all pods are as they should be. */
const settled = {
  replicas: 1,
  status: { observedGeneration: 9, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
};

Deno.test("[O7] runtime: there while an actor mounts it, and then not any more", pure, async () => {
  const scene = new Scene();
  assert.deepEqual(await look(scene), []);
  scene.cluster.putActor(someActor());
  assert.deepEqual(await look(scene), [`apply ${OURS}`]);
  assert.deepEqual(await look(scene), []);
  await scene.look();
  scene.cluster.change("Deployment", "ocr", () => settled);
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  assert.deepEqual(await look(scene), [], "a workload still mounts it");
  await scene.look();
  assert.deepEqual(await look(scene), [`remove ${OURS} Background`]);
  assert.deepEqual(await look(scene), []);
});

Deno.test("[O7] runtime: that of another version goes when rollouts are over", pure, async () => {
  const scene = new Scene();
  putOld(scene);
  scene.cluster.putActor(someActor());
  await scene.look();
  assert.deepEqual(await look(scene), [`apply ${OURS}`]);
  scene.cluster.change("Deployment", "ocr", () => ({
    ...settled,
    status: { ...settled.status, updatedReplicas: 0 },
  }));
  assert.deepEqual(await look(scene), []);
  scene.cluster.change("Deployment", "ocr", () => settled);
  assert.deepEqual(await look(scene), ["remove ConfigMap/asya-runtime-old Background"]);
});

Deno.test(
  "[O7] runtime: that of another version stays while a workload names it",
  pure,
  async () => {
    const scene = new Scene();
    putOld(scene);
    scene.cluster.putActor(someActor());
    await scene.look();
    await look(scene);
    scene.cluster.change("Deployment", "ocr", ({ live }) => ({
      ...settled,
      labels: { ...live.labels, "asya.io/runtime": "old" },
    }));
    assert.deepEqual(await look(scene), []);
  },
);

Deno.test("[O3] runtime: a ConfigMap of somebody else is not taken over", pure, async () => {
  const scene = new Scene();
  scene.cluster.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "asya-runtime-0123456789ab", namespace: "docs" },
  });
  scene.cluster.putActor(someActor());
  await assert.rejects(look(scene), { code: "exists" });
});

Deno.test("[O3] runtime: files under our labels that are not ours are replaced", pure, async () => {
  const scene = new Scene();
  const others = { data: { ...platform.runtimeFiles, "deno.json": "{}" } };
  scene.cluster.put({ ...runtimeConfigMap("docs", platform), ...others });
  scene.cluster.putActor(someActor());
  const replaced = [`remove ${OURS} Background`, `apply ${OURS}`];
  assert.deepEqual(await look(scene), replaced);
  assert.deepEqual(await look(scene), []);
  scene.cluster.put({ ...runtimeConfigMap("docs", platform), immutable: false });
  assert.deepEqual(await look(scene), replaced, "it was made anew by somebody else");
  scene.restart();
  assert.deepEqual(await look(scene), [], "who comes later looks at them, and writes nothing");
});

Deno.test("[O7] runtime: an actor that cannot be made keeps it from no other", pure, async () => {
  const scene = new Scene();
  const poisoned = someActor({ metadata: { name: "a", uid: "uid-a" } });
  Object.defineProperty(poisoned.spec, "workload", {
    get: () => {
      throw new TypeError("it cannot be read");
    },
  });
  scene.cluster.putActor(poisoned);
  scene.cluster.putActor(someActor());
  assert.deepEqual(await look(scene), [`apply ${OURS}`]);
});

Deno.test("[O7] runtime: a namespace that is going gets nothing new", pure, async () => {
  const scene = new Scene();
  scene.cluster.putActor(someActor());
  scene.cluster.failNext(() => true, "terminating");
  await look(scene);
  assert.deepEqual(scene.kinds, []);
});
