import assert from "node:assert/strict";
import { recordOf } from "../actor/schema/record_of.ts";
import { FakeClock } from "../controller/testing/fake_clock.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Call } from "./api.ts";
import { Informer, type InformerEvent } from "./informer.ts";
import { ScriptedApi, settle } from "./testing/scripted_api.ts";

const permissions = "none";

const kind = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  plural: "deployments",
  keeps: "status",
} as const;

const object = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });

const nameOf = (value: unknown): string => {
  const { name } = recordOf(recordOf(value).metadata);
  if (typeof name !== "string") throw new TypeError("it has no name");
  return name;
};

/** An informer over a server whose objects are those of a list. */
class Scene {
  readonly clock = new FakeClock(0);
  readonly seen = new Set<string>();
  readonly events: InformerEvent[] = [];
  objects: unknown[] = [object("a", "1")];
  version = "5";
  failures: KubeError[] = [];
  readonly api = new ScriptedApi((call) => this.#answer(call));
  readonly informer = new Informer({
    kind,
    selector: "ours=yes",
    ...{ api: this.api, clock: this.clock, random: () => 0, parse: nameOf },
    sink: {
      replace: (names) => {
        this.seen.clear();
        for (const name of names) this.seen.add(name);
      },
      put: (name) => this.seen.add(name),
      remove: (name) => this.seen.delete(name),
    },
    tell: (event) => this.events.push(event),
  });
  readonly #stop = new AbortController();
  #ran: Promise<void> | undefined;

  async start(): Promise<void> {
    this.#ran = this.informer.run(this.#stop.signal);
    await settle();
  }

  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ran;
  }

  get ends(): string[] {
    return this.events.flatMap((event) => event.kind === "watch_ended" ? [event.why] : []);
  }

  get lists(): Call[] {
    return this.api.calls.filter(({ verb }) => verb === "list");
  }

  #answer({ verb, query }: Call): unknown {
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (verb === "watch") return undefined;
    const limit = 2;
    const from = Number(query?.continue ?? 0);
    const next = from + limit < this.objects.length ? { continue: String(from + limit) } : {};
    return {
      metadata: { resourceVersion: this.version, ...next },
      items: this.objects.slice(from, from + limit),
    };
  }
}

Deno.test({
  name: "[F4] a list in pages, and then its changes",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    scene.objects = ["a", "b", "c", "d", "e"].map((name) => object(name, "1"));
    await scene.start();
    assert.deepEqual([...scene.seen], ["a", "b", "c", "d", "e"]);
    assert.equal(scene.lists.length, 3);
    assert(scene.informer.isSynced);
    const { path, query } = scene.api.watch.call;
    assert.equal(path, "/apis/apps/v1/deployments");
    assert.equal(query?.resourceVersion, "5");
    assert.equal(query?.allowWatchBookmarks, "true");
    assert.equal(query?.labelSelector, "ours=yes");
    scene.api.watch.send("ADDED", object("f", "6"));
    scene.api.watch.send("MODIFIED", object("a", "7"));
    scene.api.watch.send("DELETED", object("b", "8"));
    await settle();
    assert.deepEqual([...scene.seen].sort(), ["a", "c", "d", "e", "f"]);
  },
});

Deno.test({
  name: "[F4] a watch that ends, or breaks, goes on at the last version, bookmarks included",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    await scene.start();
    scene.api.watch.send("MODIFIED", object("a", "9"));
    await settle();
    await scene.pass(60_000);
    scene.api.watch.end();
    await settle();
    assert.equal(scene.api.watch.call.query?.resourceVersion, "9");
    scene.api.watch.send("BOOKMARK", { metadata: { resourceVersion: "40" } });
    await settle();
    await scene.pass(60_000);
    scene.api.watch.cut();
    await settle();
    await scene.pass(200);
    assert.equal(scene.api.watch.call.query?.resourceVersion, "40");
    assert.equal(scene.lists.length, 1);
    assert.deepEqual(scene.ends, ["ended", "failed"]);
  },
});

const expirations: [string, (scene: Scene) => void][] = [
  [
    "as an event",
    ({ api }) =>
      api.watch.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old" }),
  ],
  [
    "as an event that calls it gone",
    ({ api }) => api.watch.send("ERROR", { kind: "Status", code: 410, reason: "Gone" }),
  ],
  ["as the answer to the next watch", (scene) => {
    scene.failures.push(new KubeError("expired", "too old"));
    scene.api.watch.end();
  }],
];
for (const [name, expire] of expirations) {
  Deno.test({
    name: `[F4] a version that is too old is followed by a list, which replaces all: ${name}`,
    permissions,
    fn: async () => {
      await using scene = new Scene();
      await scene.start();
      await scene.pass(60_000);
      scene.objects = [object("b", "50")];
      scene.version = "60";
      expire(scene);
      await settle();
      await scene.pass(400);
      assert.deepEqual([...scene.seen], ["b"]);
      assert.equal(scene.api.watch.call.query?.resourceVersion, "60");
      assert.equal(scene.ends.at(-1), "expired");
      assert(!scene.events.some(({ kind }) => kind === "watch_failed"));
    },
  });
}

Deno.test({
  name: "[F4] a watch that says nothing any more is left",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    await scene.start();
    await scene.pass(140_000);
    scene.api.watch.send("BOOKMARK", { metadata: { resourceVersion: "8" } });
    await settle();
    await scene.pass(140_000);
    assert.equal(scene.api.watches.length, 1);
    await scene.pass(20_000);
    assert.equal(scene.api.watches.length, 2);
    assert.equal(scene.api.watch.call.query?.resourceVersion, "8");
    assert.deepEqual(scene.ends, ["silent"]);
  },
});

Deno.test({
  name: "[F4] [F2] a server that is away is asked less and less often, as it says itself",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    scene.failures = [1, 2, 3].map(() => new KubeError("unreachable", "away"));
    scene.failures.push(new KubeError("throttled", "slowly", 60_000));
    await scene.start();
    assert.equal(scene.lists.length, 1);
    await scene.pass(100);
    assert.equal(scene.lists.length, 2);
    await scene.pass(100);
    assert.equal(scene.lists.length, 2);
    await scene.pass(100);
    assert.equal(scene.lists.length, 3);
    await scene.pass(400);
    assert.equal(scene.lists.length, 4);
    await scene.pass(59_999);
    assert.equal(scene.lists.length, 4);
    await scene.pass(1);
    assert(scene.informer.isSynced);
    const failed = scene.events.filter(({ kind }) => kind === "watch_failed");
    assert.deepEqual(failed.map((event) => "before" in event && event.before), [0, 1, 2, 3]);
  },
});

Deno.test({
  name: "[F4] watches that end at once are not asked for in a circle",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    await scene.start();
    for (let times = 0; times < 5; times++) {
      scene.api.watch.end();
      await settle();
    }
    assert.equal(scene.api.watches.length, 1);
    await scene.pass(100);
    assert.equal(scene.api.watches.length, 2);
  },
});

Deno.test({
  name: "an object that cannot be read is left out, and told",
  permissions,
  fn: async () => {
    await using scene = new Scene();
    scene.objects = [object("a", "1"), { metadata: { namespace: "docs" } }];
    await scene.start();
    assert.deepEqual([...scene.seen], ["a"]);
    scene.api.watch.send("ADDED", { metadata: { resourceVersion: "70" } });
    await settle();
    scene.api.watch.end();
    await settle();
    await scene.pass(100);
    assert.equal(scene.api.watch.call.query?.resourceVersion, "70");
    assert.equal(scene.events.filter(({ kind }) => kind === "object_unreadable").length, 2);
  },
});

Deno.test({
  name: "of kinds whose metadata is enough, no more is asked for",
  permissions,
  fn: async () => {
    const api = new ScriptedApi(() => ({ metadata: { resourceVersion: "1" }, items: [] }));
    const stop = new AbortController();
    const informer = new Informer({
      kind: { ...kind, keeps: "metadata" },
      ...{ api, clock: new FakeClock(0), random: () => 0, parse: nameOf, tell: () => {} },
      sink: { replace: () => {}, put: () => {}, remove: () => {} },
    });
    const ran = informer.run(stop.signal);
    await settle();
    assert.deepEqual(api.calls.map(({ accept }) => accept?.split(",")[0]), [
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    ]);
    stop.abort();
    await ran;
  },
});
