import { systemClock } from "@asya/transport";
import assert from "node:assert/strict";
import { type NewObject, startKube } from "../../tests/kit/kube.ts";
import { describeAccess, parseKubeconfig } from "../../tests/kit/kube/client/kubeconfig.ts";
import { makeTempFolder } from "../../tests/kit/mod.ts";
import { actorCrd } from "../actor/actor_crd.ts";
import { Leader } from "../controller/leader.ts";
import { WriteFence } from "../controller/write_fence.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import { readAccess } from "./access.ts";
import { ApiServer } from "./api_server.ts";
import { EventRecorder } from "./event_recorder.ts";
import { ACTOR_KIND, pathOf } from "./kinds.ts";
import { KubeCluster } from "./kube_cluster.ts";
import { KubeLeaseStore } from "./kube_lease_store.ts";
import { parseSeenActor } from "./parse_seen_actor.ts";

const ACTOR: NewObject = {
  apiVersion: "asya.io/v1alpha1",
  kind: "AsyncActor",
  metadata: { name: "ocr", namespace: "default" },
  spec: {
    queueName: "ocr",
    transport: { type: "rabbitmq", rabbitmq: { host: "mq" } },
    workload: { template: { spec: { containers: [{ name: "handler", image: "x" }] } } },
  },
};

const place = { apiVersion: "v1", kind: "ServiceAccount", namespace: "default", name: "ocr" };

const codeOf = async (asked: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await asked.then(() => undefined, (error) => error);
  return error instanceof KubeError ? error.code : undefined;
};

Deno.test("[F5] [F8] an API server over TLS takes what a reconcile, a lease and Events write", async () => {
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  const fence = new WriteFence(systemClock);
  const api = await ApiServer.open({
    readAccess: () => readAccess(kube.kubeconfig),
    ...{ clock: systemClock, fence, tell: () => {} },
  });
  const cluster = new KubeCluster(api);
  await kube.client.create(ACTOR);
  const actor = async () =>
    parseSeenActor(
      await api.ask({ verb: "get", path: pathOf(ACTOR_KIND, "default", "ocr") }),
    );

  // a lease first: nothing else may be written without it
  const events: string[] = [];
  const leader = new Leader({
    store: new KubeLeaseStore(api, "default", "asya-operator"),
    ...{ fence, identity: "me", durationMs: 15_000, clock: systemClock, random: Math.random },
    tell: ({ kind }) => events.push(kind),
  });
  const stop = new AbortController();
  const ran = leader.run(stop.signal);
  await leader.led;

  const object = { ...place, metadata: { name: "ocr", namespace: "default", labels: { a: "b" } } };
  const { apiVersion, kind, metadata } = object;
  assert.equal(await cluster.read(place), undefined);
  const applied = await cluster.apply({ apiVersion, kind, metadata });
  assert.equal(applied.labels.a, "b");
  assert.deepEqual(await cluster.read(place), applied);
  const again = await cluster.apply({
    ...{ apiVersion, kind },
    metadata: { name: "ocr", namespace: "default" },
  });
  assert.deepEqual(again.labels, {});
  assert.equal(
    await codeOf(cluster.remove({ ...again, uid: crypto.randomUUID() }, "Background")),
    "conflict",
  );
  await cluster.remove(again, "Background");
  await cluster.remove(again, "Background");
  assert.equal(await cluster.read(place), undefined);

  const before = await actor();
  await cluster.setFinalizers(before, ["asya.io/finalizer"]);
  assert.equal(await codeOf(cluster.setFinalizers(before, [])), "conflict");
  const version = await cluster.applyStatus(await actor(), { observedGeneration: 1 });
  const after = await actor();
  assert.equal(after.metadata.resourceVersion, version);
  assert.deepEqual(after.metadata.finalizers, ["asya.io/finalizer"]);
  assert.equal(after.status?.observedGeneration, 1);

  const data = { password: btoa("geheim") };
  const secret = { name: "mq", namespace: "default" };
  await kube.client.create({ apiVersion: "v1", kind: "Secret", metadata: secret, data });
  assert.equal(await cluster.readSecret("default", { name: "mq", key: "password" }), "geheim");
  assert.equal(await cluster.readSecret("default", { name: "mq", key: "other" }), undefined);
  assert.equal(await cluster.readSecret("default", { name: "no", key: "password" }), undefined);

  const lost: string[] = [];
  const recorder = new EventRecorder({
    ...{ api, clock: systemClock, instance: "me" },
    tell: (event) => lost.push(JSON.stringify(event)),
  });
  recorder.record(after, { type: "Normal", reason: "Created", note: "made what was missing" });
  await recorder.drain();
  assert.deepEqual(lost, []);
  const told = await kube.client.list({
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    namespace: "default",
  });
  assert.deepEqual(told.map(({ reason }) => reason), ["Created"]);

  stop.abort();
  await ran;
  await leader.release();
  assert.deepEqual(events, ["leading", "leadership_released"]);
  assert.equal(await codeOf(cluster.apply({ apiVersion, kind, metadata })), "unreachable");
  api.close();
});

const ways = [
  ["a server that nobody is asked about", { isUnverified: true }],
  ["a server with another name", { serverName: "localhost" }],
] as const;
for (const [name, trust] of ways) {
  Deno.test(`[F9] [F4] ${name} is listed, written to and watched`, async () => {
    await using kube = await startKube();
    await using folder = await makeTempFolder();
    const given = parseKubeconfig(await Deno.readTextFile(kube.kubeconfig), Deno.readTextFileSync);
    const { ca, ...others } = given;
    const isCaKnown = !("isUnverified" in trust);
    const access = { ...others, ...(isCaKnown && ca !== undefined && { ca }), ...trust };
    const kubeconfig = await folder.write("config", describeAccess(access));
    const fence = new WriteFence(systemClock);
    fence.openUntil(Infinity);
    const api = await ApiServer.open({
      readAccess: () => readAccess(kubeconfig),
      ...{ clock: systemClock, fence, tell: () => {} },
    });
    assert.equal(api.isUnverified, !isCaKnown);
    const cluster = new KubeCluster(api);
    const path = "/api/v1/namespaces/default/serviceaccounts";
    const metadata = { name: "ocr", namespace: "default" };
    const applied = await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    const list = await api.ask({ verb: "list", path });
    assert(JSON.stringify(list).includes(applied.uid));
    assert.equal(await codeOf(api.ask({ verb: "get", path: `${path}/nobody` })), "not_found");

    /** Watches until it is over, and tells how often that something was there. */
    const watch = async (seen: () => void, signal?: AbortSignal): Promise<number> => {
      let count = 0;
      const query = { watch: "1" };
      for await (const _ of api.follow({ verb: "watch", path, query, ...(signal && { signal }) })) {
        count++;
        seen();
      }
      return count;
    };
    assert.equal(await codeOf(watch(() => kube.control.cutWatches())), "unreachable");
    const stop = new AbortController();
    assert(await watch(() => stop.abort(), stop.signal) > 0);
    await cluster.remove(applied, "Background");
    assert.equal(await cluster.read(place), undefined);
    api.close();
  });
}
