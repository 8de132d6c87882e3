import assert from "node:assert/strict";
import { FakeClock } from "../controller/testing/fake_clock.ts";
import type { Change } from "../controller/key.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Call } from "./api.ts";
import { ClusterCache } from "./cluster_cache.ts";
import { ScriptedApi, settle } from "./testing/scripted_api.ts";
import { Watches, type WatchesEvent } from "./watches.ts";

const permissions = "none";

const KEDA_RESOURCES = [{ name: "scaledobjects" }, { name: "triggerauthentications" }];

const scaledObject = {
  metadata: {
    name: "ocr",
    namespace: "docs",
    uid: "s1",
    resourceVersion: "4",
    labels: { "asya.io/asya": "ocr" },
  },
};

class Scene {
  readonly clock = new FakeClock(0);
  readonly changes: Change[] = [];
  readonly events: WatchesEvent[] = [];
  readonly cache = new ClusterCache((change) => this.changes.push(change));
  hasKeda = false;
  isAway = false;
  isSynced = false;
  kedaChanges = 0;
  readonly api = new ScriptedApi((call) => this.#answer(call));
  readonly watches = new Watches({
    ...{ api: this.api, cache: this.cache, clock: this.clock, random: () => 0 },
    namespace: "docs",
    tell: (event) => this.events.push(event),
    kedaChanged: () => this.kedaChanges++,
  });
  readonly #stop = new AbortController();
  #ran: Promise<void> | undefined;

  async start(): Promise<void> {
    this.#ran = this.watches.run(this.#stop.signal, () => this.isSynced = true);
    await settle(100);
  }

  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await settle(100);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ran;
  }

  #answer({ verb, path }: Call): unknown {
    if (this.isAway) throw new KubeError("unreachable", "away");
    const isOfKeda = path.startsWith("/apis/keda.sh/");
    if (isOfKeda && !this.hasKeda) throw new KubeError("not_found", "no such kinds");
    if (path === "/apis/keda.sh/v1alpha1") return { resources: KEDA_RESOURCES };
    const items = path.endsWith("/scaledobjects") ? [scaledObject] : [];
    return verb === "watch" ? undefined : { metadata: { resourceVersion: "5" }, items };
  }
}

Deno.test({
  name: "[F7] without KEDA everything else is seen, and Secrets are not",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    await scene.start();
    assert(scene.isSynced);
    assert.equal(scene.watches.missing, undefined);
    assert(!scene.cache.hasKeda);
    const watched = scene.api.watches.map(({ call }) => call.path.split("/").at(-1)).sort();
    assert.deepEqual(watched, [
      "asyncactors",
      "configmaps",
      "deployments",
      "jobs",
      "networkpolicies",
      "serviceaccounts",
      "statefulsets",
    ]);
    assert(scene.api.watches.every(({ call }) => call.path.includes("/namespaces/docs/")));
  },
});

Deno.test({
  name: "[F7] KEDA that comes later is watched, and forgotten when it goes",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    await scene.start();
    scene.hasKeda = true;
    await scene.pass(30_000);
    assert(scene.cache.hasKeda);
    assert.equal(scene.kedaChanges, 1);
    assert.deepEqual(scene.cache.labelled("docs", "ocr").map(({ kind }) => kind), ["ScaledObject"]);
    scene.hasKeda = false;
    await scene.pass(30_000);
    assert(!scene.cache.hasKeda);
    assert.equal(scene.kedaChanges, 2);
    assert.deepEqual(scene.cache.labelled("docs", "ocr"), []);
    const told = scene.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("keda"));
    assert.deepEqual(told, ["keda_found", "keda_gone"]);
  },
});

Deno.test({
  name: "[F7] a server that does not answer leaves it as it was",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    scene.hasKeda = true;
    await scene.start();
    assert(scene.cache.hasKeda && scene.isSynced);
    scene.isAway = true;
    await scene.pass(30_000);
    assert(scene.cache.hasKeda);
    assert(scene.events.some(({ kind }) => kind === "discovery_failed"));
  },
});

Deno.test({
  name: "[F4] what has not been seen yet is named",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    scene.isAway = true;
    await scene.start();
    assert(!scene.isSynced);
    assert.match(scene.watches.missing ?? "", /asyncactors, .*KEDA/);
  },
});
