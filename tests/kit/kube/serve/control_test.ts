import assert from "node:assert/strict";
import { startKube } from "../../kube.ts";
import { KubeRefusal } from "../client/kube_answer.ts";
import { parseKubeconfig } from "../client/kubeconfig.ts";
import { thingCrd } from "../thing_crd.ts";

const CONFIG = { apiVersion: "v1", kind: "ConfigMap" };
const PATH = "/api/v1/namespaces/default/configmaps";

function newConfig(name: string) {
  return { ...CONFIG, metadata: { name, namespace: "default" } };
}

Deno.test("[Q3] faults and rights of the API server for tests", async (t) => {
  await using kube = await startKube({ crds: [thingCrd], seed: 7 });
  const { client, control } = kube;
  /** A client that is not the test's own, so that faults reach it. */
  const ask = async (method: string, path: string, token: string, body?: unknown) => {
    const http = Deno.createHttpClient({ caCerts: [await readCa(kube.kubeconfig)] });
    try {
      const response = await fetch(kube.url + path, {
        method,
        client: http,
        headers: {
          authorization: `Bearer ${token}`,
          "user-agent": "victim/1.0",
          "content-type": "application/json",
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const { status, headers } = response;
      return { status, headers, body: await response.json() };
    } finally {
      http.close();
    }
  };

  await t.step("rules allow what they say, and no more", async () => {
    const rule = { verbs: ["get", "list"], apiGroups: [""], resources: ["configmaps"] };
    control.addUser("reader", [rule], { name: "reader" });
    assert.equal((await ask("GET", PATH, "reader")).status, 200);
    const refused = await ask("POST", PATH, "reader", newConfig("x"));
    assert.deepEqual([refused.status, refused.body.message], [
      403,
      'configmaps is forbidden: User "reader" cannot create resource "configmaps" in API group ' +
      '"" in the namespace "default"',
    ]);
  });

  await t.step("roles in the cluster count for service accounts", async () => {
    const rbac = "rbac.authorization.k8s.io/v1";
    const account = { name: "worker", namespace: "default" };
    await client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    const issued = await client.send(
      "POST",
      "/api/v1/namespaces/default/serviceaccounts/worker/token",
      { body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} } },
    );
    const { status: { token } } = issued.body as { status: { token: string } };
    assert.equal((await ask("GET", `${PATH}/kube-root-ca.crt`, token)).status, 403);
    await client.create({
      apiVersion: rbac,
      kind: "Role",
      metadata: { name: "reads", namespace: "default" },
      rules: [{
        apiGroups: [""],
        resources: ["configmaps"],
        resourceNames: ["kube-root-ca.crt"],
        verbs: ["get"],
      }],
    });
    await client.create({
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata: { name: "reads", namespace: "default" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reads" },
      subjects: [{ kind: "ServiceAccount", ...account }],
    });
    assert.equal((await ask("GET", `${PATH}/kube-root-ca.crt`, token)).status, 200);
    assert.equal((await ask("GET", PATH, token)).status, 403);
  });

  const all = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
  control.addUser("victim", all, { name: "victim" });

  await t.step("the next requests are throttled, and those of the test are not", async () => {
    control.throttle(1, { retryAfterSeconds: 3 });
    assert.ok(await client.list(CONFIG));
    const throttled = await ask("GET", PATH, "victim");
    assert.deepEqual([throttled.status, throttled.headers.get("retry-after")], [429, "3"]);
    assert.equal((await ask("GET", PATH, "victim")).status, 200);
  });

  await t.step("a fault may hide that the work was done", async () => {
    control.failNext({ only: ({ verb }) => verb === "create", isDone: true });
    assert.equal((await ask("GET", PATH, "victim")).status, 200);
    assert.equal((await ask("POST", PATH, "victim", newConfig("done"))).status, 500);
    assert.ok(await client.get({ ...CONFIG, namespace: "default", name: "done" }));
    control.failNext();
    assert.equal((await ask("POST", PATH, "victim", newConfig("undone"))).status, 500);
    assert.equal(await client.get({ ...CONFIG, namespace: "default", name: "undone" }), undefined);
  });

  await t.step("a pause holds answers until it is over", async () => {
    control.pause();
    const held = ask("GET", PATH, "victim");
    await client.list(CONFIG);
    const before = control.requests.length;
    control.resume();
    assert.equal((await held).status, 200);
    assert.equal(control.requests.length, before + 1);
  });

  await t.step("requests are remembered with who sent them", () => {
    const last = control.requests.at(-1);
    assert.deepEqual([last?.verb, last?.resource, last?.userAgent, last?.user, last?.status], [
      "list",
      "configmaps",
      "victim/1.0",
      "victim",
      200,
    ]);
    assert.ok(control.writes.every(({ userAgent }) => userAgent === "victim/1.0"));
  });

  await t.step("what is too large is refused", async () => {
    const data = { text: "x".repeat(3 * 1024 * 1024) };
    await assert.rejects(
      client.create({ ...newConfig("large"), data }),
      (error) => error instanceof KubeRefusal && error.status === 413,
    );
  });
});

async function readCa(kubeconfig: string): Promise<string> {
  const { ca } = parseKubeconfig(await Deno.readTextFile(kubeconfig), (path) => path);
  return ca ?? "";
}
