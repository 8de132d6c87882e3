import assert from "node:assert/strict";
import { Scene } from "./testing/scene.ts";
import { someActor } from "./testing/some_actor.ts";

const pure = { permissions: "none" } as const;

const FILE = "ConfigMap/ocr-asya";

/** An actor with a collector. */
const collecting = someActor({
  spec: { telemetry: { endpoint: "http://otel:4318", collector: { enabled: true } } },
});

async function made(): Promise<Scene> {
  const scene = new Scene();
  scene.cluster.putActor(collecting);
  const writes = await scene.look();
  const [file, workload] = [`apply ${FILE}`, "apply Deployment/ocr"].map((one) =>
    writes.indexOf(one)
  );
  assert(file !== -1 && file! < workload!, String(writes));
  assert.deepEqual(await scene.look(), []);
  return scene;
}

Deno.test(
  "[V8] a collector's file is there before its pods, and goes after them",
  pure,
  async () => {
    const scene = await made();
    scene.cluster.putActor(someActor());
    const writes = await scene.look();
    const of = (word: string) => writes.findIndex((one) => one.startsWith(word));
    assert(of("apply Deployment/ocr") < of(`remove ${FILE}`), String(writes));
    assert(of("apply Deployment/ocr") !== -1, String(writes));
    assert(!scene.kinds.includes(FILE));
    assert.deepEqual(await scene.look(), []);
  },
);

Deno.test("[V8] a collector's file that others change or remove is put right", pure, async () => {
  const scene = await made();
  scene.cluster.change("ConfigMap", "ocr-asya", () => ({}));
  assert.deepEqual(await scene.look(), [`apply ${FILE}`]);
  scene.cluster.drop("ConfigMap", "ocr-asya");
  assert.deepEqual(await scene.look(), [`apply ${FILE}`]);
});

Deno.test("[V8] a collector's file goes with its actor", pure, async () => {
  const scene = await made();
  scene.cluster.deleteActor("ocr", new Date(scene.nowMs));
  const writes = await scene.look();
  assert(writes.includes(`remove ${FILE} Background`), String(writes));
  assert.deepEqual(scene.kinds, []);
});
