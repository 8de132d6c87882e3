import assert from "node:assert/strict";
import { startKube } from "../../kube.ts";
import { KubeClient } from "./kube_client.ts";
import { describeAccess, type KubeAccess, parseKubeconfig } from "./kubeconfig.ts";

const nothing = (path: string): string => {
  throw new Error(`${path} is read`);
};

const server = { url: "https://kube:6443", token: "abc" };
const accesses: readonly KubeAccess[] = [
  { ...server, ca: "PEM" },
  { ...server, isUnverified: true },
  { ...server, ca: "PEM", serverName: "kubernetes" },
  { url: server.url, ca: "PEM", client: { cert: "PEM of us", key: "key" } },
  { url: "http://kube:8080", token: "abc" },
];

Deno.test("[Q3] a kubeconfig says again what it was made of", () => {
  for (const access of accesses) {
    assert.deepEqual(parseKubeconfig(describeAccess(access), nothing), access);
  }
});

Deno.test("[Q3] a server that is not checked, or goes by another name, is tested like others", async () => {
  await using kube = await startKube();
  const text = await Deno.readTextFile(kube.kubeconfig);
  const { ca, ...server } = parseKubeconfig(text, nothing);
  const known = { ...server, ...(ca !== undefined && { ca }) };
  const ways: KubeAccess[] = [
    { ...server, isUnverified: true },
    { ...known, serverName: "localhost" },
  ];
  for (const access of ways) {
    using client = new KubeClient(access);
    const metadata = { name: "one", namespace: "default" };
    const made = await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
    const stop = new AbortController();
    const type = { apiVersion: "v1", kind: "ConfigMap", namespace: "default" };
    await assert.rejects(async () => {
      for await (const { object } of client.watch(type, {}, stop.signal)) {
        if (object.metadata.uid === made.metadata.uid) stop.abort();
      }
    });
    assert(stop.signal.aborted);
    await client.remove({ ...type, name: "one" });
    assert.equal(await client.get({ ...type, name: "one" }), undefined);
  }
  using stranger = new KubeClient({ ...known, serverName: "elsewhere" });
  await assert.rejects(stranger.send("GET", "/version"));
});
