import assert from "node:assert/strict";
import type { Change } from "../controller/key.ts";
import type { LiveObject, SeenActor } from "../reconcile/cluster.ts";
import { ClusterCache } from "./cluster_cache.ts";

const permissions = "none";

const actor = (name: string, resourceVersion: string, uid = name): SeenActor => ({
  metadata: { name, namespace: "docs", uid, resourceVersion, generation: 1 },
  problems: [],
});

const object = (more: Partial<LiveObject> = {}): LiveObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "docs",
  name: "ocr",
  uid: "d1",
  resourceVersion: "1",
  labels: { "asya.io/asya": "ocr" },
  annotations: {},
  isGoing: false,
  ...more,
});

function createScene() {
  const changes: Change[] = [];
  const cache = new ClusterCache((change) => changes.push(change));
  const told = () => changes.splice(0).map(({ actorNames }) => actorNames.join("+"));
  return { cache, changes, told, sink: cache.objectSink("Deployment") };
}

Deno.test({
  name: "[F4] a list replaces all: what is not in it is gone, and told",
  permissions,
  fn: () => {
    const { cache, told } = createScene();
    const actors = cache.actorSink();
    actors.replace([actor("a", "1"), actor("b", "1")]);
    assert.deepEqual(told(), ["a", "b"]);
    actors.replace([actor("b", "1"), actor("c", "2")]);
    assert.deepEqual(told(), ["a", "c"]);
    assert.deepEqual(cache.actorsIn("docs").map(({ metadata }) => metadata.name), ["b", "c"]);
    actors.replace([]);
    assert.deepEqual(cache.namespaces(), []);
  },
});

Deno.test({
  name: "[F1] an actor that went and came again under its name is another",
  permissions,
  fn: () => {
    const { cache, told } = createScene();
    const actors = cache.actorSink();
    actors.put(actor("a", "1", "first"));
    actors.put(actor("a", "5", "second"));
    actors.remove(actor("a", "4", "first"));
    assert.equal(cache.actor("docs", "a")?.metadata.uid, "second");
    assert.deepEqual(told(), ["a", "a", "a"]);
  },
});

Deno.test({
  name: "[F1] an object is found by its actor's label, before and after that changes",
  permissions,
  fn: () => {
    const { cache, sink, told } = createScene();
    sink.put(object());
    sink.put(object());
    assert.deepEqual(told(), ["ocr"]);
    sink.put(object({ resourceVersion: "2", labels: { "asya.io/asya": "store" } }));
    assert.deepEqual(told(), ["ocr+store"]);
    assert.deepEqual(cache.labelled("docs", "ocr"), []);
    assert.equal(cache.labelled("docs", "store").length, 1);
    sink.remove(object());
    assert.deepEqual(told(), ["store"]);
    assert.deepEqual(cache.labelled("docs", "store"), []);
  },
});

Deno.test({
  name: "[F1] an object without its label is known by its owner",
  permissions,
  fn: () => {
    const { cache, sink, told } = createScene();
    cache.actorSink().put(actor("ocr", "1", "u1"));
    sink.put(object({ labels: {}, ownerUid: "u1" }));
    assert.deepEqual(told(), ["ocr", "ocr"]);
  },
});

Deno.test({
  name: "what holds the runtime and what mounts it are found together",
  permissions,
  fn: () => {
    const { cache, sink, changes } = createScene();
    const maps = cache.objectSink("ConfigMap");
    sink.put(object());
    sink.put(object({ name: "b", uid: "d2", labels: { "asya.io/runtime": "abc" } }));
    maps.put(object({ apiVersion: "v1", kind: "ConfigMap", name: "asya-runtime-abc", labels: {} }));
    assert.deepEqual(changes.map(({ isOfRuntime }) => isOfRuntime), [false, true, true]);
    assert.deepEqual(cache.runtimesIn("docs").map(({ kind }) => kind), ["Deployment", "ConfigMap"]);
  },
});
