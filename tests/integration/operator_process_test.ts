/**
 * The operator as a process beside an API server that does to it what networks and servers do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { actorCrd } from "../../operator/actor/actor_crd.ts";
import { type NewObject, startKube } from "../kit/kube.ts";
import { describeAccess, parseKubeconfig } from "../kit/kube/client/kubeconfig.ts";
import {
  freePort,
  makeTempFolder,
  parseGrants,
  parseUses,
  pathOf,
  poll,
  startProgram,
  ungranted,
} from "../kit/mod.ts";
import { flagsOf } from "../kit/start_program.ts";

const actorOf = (name: string): NewObject => ({
  apiVersion: "asya.io/v1alpha1",
  kind: "AsyncActor",
  metadata: { name, namespace: "default" },
  spec: {
    queueName: name,
    transport: { type: "rabbitmq", rabbitmq: { host: "127.0.0.1", port: 1 } },
    workload: { template: { spec: { containers: [{ name: "handler", image: "x" }] } } },
  },
});

const LEASE = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  namespace: "default",
  name: "asya-operator",
};

Deno.test("[F3] [F4] [M4] operator: watches break, versions are forgotten, the lease is taken", async () => {
  await using folder = await makeTempFolder();
  await folder.write("runtime/main.js", "run();");
  await folder.write("runtime/mod.ts", "export {};");
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  const address = `127.0.0.1:${freePort()}`;
  const env = {
    KUBECONFIG: kube.kubeconfig,
    ASYA_OPERATOR_ADDR: address,
    ASYA_RUNTIME_BUNDLE: folder.at("runtime"),
    ASYA_INTERNAL_TOKEN: "zyx-internal-token-q7",
    ASYA_LOG_LEVEL: "DEBUG",
  };
  const auditTo = folder.at("audit.jsonl");
  await using operator = await startProgram("operator", { env, auditTo });
  await operator.waitForLine("this replica works", 20_000);
  const isMade = (name: string) => async () =>
    await kube.client.get({
      ...{ apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name },
    }) !== undefined;

  await kube.client.create(actorOf("before"));
  await poll("a Deployment", isMade("before"));

  kube.control.cutWatches();
  await kube.client.create(actorOf("while-cut"));
  await poll("a Deployment of an actor that came while watches were cut", isMade("while-cut"));

  kube.control.compact();
  kube.control.cutWatches();
  await kube.client.create(actorOf("while-expired"));
  await poll("a Deployment of an actor that came unwatched", isMade("while-expired"));

  kube.control.throttle(5);
  await kube.client.create(actorOf("while-busy"));
  await poll("a Deployment while the server is busy", isMade("while-busy"), { timeoutMs: 60_000 });
  kube.control.throttle(0);

  const answered = await fetch(`http://${address}/readyz`);
  assert.equal(await answered.text(), "ready");
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  assert.match(metrics, /^asya_operator_leader 1$/m);
  assert.match(
    metrics,
    /^asya_operator_watch_restarts_total\{resource="asyncactors",why="failed"\} [1-9]/m,
  );
  assert.doesNotMatch(metrics, /zyx/);

  const taken = { holderIdentity: "somebody", leaseDurationSeconds: 60 };
  await kube.client.mergePatch(LEASE, { spec: taken });
  assert.equal((await operator.ended()).code, 1, operator.output);
  assert(operator.lines.some(({ message }) => message === "this replica may not work any more"));
  const kept = await kube.client.get(LEASE);
  assert.equal((kept?.spec as { readonly holderIdentity: string }).holderIdentity, "somebody");

  assert.deepEqual(await beyondRights(auditTo, env), []);
});

Deno.test("[F9] [M4] operator: a server that is not checked works as others, and a warning says so", async () => {
  await using folder = await makeTempFolder();
  await using kube = await startKube({ crds: [actorCrd as unknown as NewObject] });
  const text = await Deno.readTextFile(kube.kubeconfig);
  const { ca: _, ...access } = parseKubeconfig(text, Deno.readTextFileSync);
  const env = {
    KUBECONFIG: await folder.write("config", describeAccess({ ...access, isUnverified: true })),
    ASYA_OPERATOR_ADDR: `127.0.0.1:${freePort()}`,
  };
  const auditTo = folder.at("audit.jsonl");
  await using operator = await startProgram("operator", { env, auditTo });
  await operator.waitForLine("this replica works", 20_000);
  const warned = operator.lines.find(({ message }) =>
    message === "the API server's certificate is not checked"
  );
  assert.equal(warned?.fields.level, "WARN");
  assert.equal(warned.fields.server, kube.url);
  await kube.client.create(actorOf("first"));
  const made = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "first" };
  await kube.client.until(made, (object) => object !== undefined, "to be made");
  assert.equal((await operator.stop()).code, 0, operator.output);
  assert.deepEqual(await beyondRights(auditTo, env), []);
});

/** What an operator used that its permissions do not give. */
async function beyondRights(auditTo: string, env: Readonly<Record<string, string>>) {
  const uses = parseUses((await Deno.readTextFile(auditTo)).split("\n"));
  const grants = parseGrants([...await flagsOf("operator", env), pathOf("operator/main.ts")]);
  return ungranted(uses, grants).filter(({ kind }) => kind !== "env");
}
