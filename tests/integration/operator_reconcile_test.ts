/**
 * The operator as a process, at an API server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { refOf } from "../kit/kube.ts";
import { poll } from "../kit/poll.ts";
import { OperatorScene, readRules, template } from "./operator/scene.ts";

const workload = (type: string) => ({ workload: { type, template } });

/** What there is for an actor that is scaled. */
function scaled(name: string, type = "Deployment"): string[] {
  return [
    `ServiceAccount/${name}`,
    `Secret/${name}-asya`,
    `${type}/${name}`,
    `TriggerAuthentication/${name}`,
    `ScaledObject/${name}`,
  ];
}

/** What is expected of an operator, one after the other of the same one. */
const cases: Readonly<Record<string, (scene: OperatorScene) => Promise<void>>> = {
  "[O1] makes what an actor asks for, says how it is, and is quiet": async (scene) => {
    const { client, control } = scene.kube;
    await scene.apply("made");
    await scene.untilKinds("made", scaled("made"));
    const actor = await scene.untilSeen("made");
    assert.deepEqual(actor.metadata.finalizers, ["asya.io/finalizer"]);
    for (const kind of ["ServiceAccount", "Deployment", "ScaledObject"]) {
      const object = await client.get(scene.ref("made", kind));
      const [owner] = object?.metadata.ownerReferences ?? [];
      assert.equal(owner?.uid, actor.metadata.uid, kind);
    }
    const deployment = scene.ref("made", "Deployment");
    await client.mergePatch(deployment, { spec: { replicas: 0 } });
    await scene.untilCondition("made", "WorkloadReady", "True ScaledToZero");
    // A KEDA of the cluster's own has no broker here.
    if (scene.keda) await scene.untilCondition("made", "Ready", "True AsAsked");
    await scene.untilCondition("made", "Progressing", "False Settled");
    await poll(
      "an Event for what was made",
      async () => (await scene.eventsOf("made")).includes("Created"),
    );
    if (!control) return;
    // Whatever was written by others has been seen when the status is as it stays.
    const before = control.writes.length;
    await client.mergePatch(scene.ref("made"), { metadata: { annotations: { touched: "yes" } } });
    await scene.apply("after-it", { scaling: { enabled: false } });
    await scene.untilSeen("after-it");
    const writes = control.writes.slice(before).filter(({ resource, name }) =>
      !["leases", "events"].includes(resource) && !name.startsWith("after-it")
    );
    assert.deepEqual(writes.map(({ method, path }) => `${method} ${path}`), []);
  },

  "[O2] a workload changes its kind, and the old one goes": async (scene) => {
    await scene.apply("flips");
    await scene.untilKinds("flips", scaled("flips"));
    await scene.apply("flips", workload("StatefulSet"));
    await scene.untilKinds("flips", scaled("flips", "StatefulSet"));
    const target = await scene.kube.client.get(scene.ref("flips", "ScaledObject"));
    const { scaleTargetRef } = target?.spec as { scaleTargetRef: { kind: string } };
    assert.equal(scaleTargetRef.kind, "StatefulSet");
    await scene.apply("flips", workload("Job"));
    const unscaled = ["ServiceAccount/flips", "Secret/flips-asya", "Job/flips"];
    await scene.untilKinds("flips", unscaled);
    await scene.apply("flips", { ...workload("Job"), handler: "./other.ts" });
    await scene.kube.client.until(
      scene.ref("flips", "Job"),
      (job) => JSON.stringify(job ?? null).includes("./other.ts"),
      "a Job with the other handler",
    );
    await scene.apply("flips", workload("Deployment"));
    await scene.untilKinds("flips", scaled("flips"));
  },

  "[O2] what cannot be changed is made anew, and pods have a successor to go to": async (scene) => {
    const withClaim = (storage: string) =>
      scene.apply("claims", {
        workload: {
          type: "StatefulSet",
          template,
          volumeClaimTemplates: [{
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
          }],
        },
      });
    await withClaim("1Gi");
    await scene.untilKinds("claims", scaled("claims", "StatefulSet"));
    const before = await scene.kube.client.mergePatch(scene.ref("claims", "StatefulSet"), {
      spec: { replicas: 4 },
    });
    if (scene.keda) {
      await scene.kube.client.until(
        scene.ref("claims"),
        (actor) => JSON.stringify(actor?.status ?? null).includes("of 4 pods"),
        "four replicas to be seen",
      );
    }
    await withClaim("2Gi");
    const after = await scene.kube.client.until(
      scene.ref("claims", "StatefulSet"),
      (object) => JSON.stringify(object ?? null).includes('"2Gi"'),
      "a StatefulSet with larger claims",
    );
    assert.notEqual(after?.metadata.uid, before?.metadata.uid);
    await scene.untilCondition("claims", "Degraded", "False AsAsked");
    // A KEDA of the cluster's own may have scaled it since.
    if (!scene.keda) return;
    const settled = await scene.kube.client.until(
      scene.ref("claims", "StatefulSet"),
      (object) => !JSON.stringify(object?.metadata.annotations).includes("asya.io/replicas"),
      "nobody to say its replicas",
    );
    assert.equal((settled?.spec as { replicas: number }).replicas, 4);
  },
  "[O2] scaling that is switched off stays off, and fields that go are gone": async (scene) => {
    const { client } = scene.kube;
    await scene.apply("scales", { networkPolicy: { enabled: true } });
    await scene.untilKinds("scales", [...scaled("scales"), "NetworkPolicy/scales"]);
    await scene.apply("scales", {
      scaling: { enabled: false },
      workload: { replicas: 3, template },
    });
    await scene.untilKinds("scales", [
      "ServiceAccount/scales",
      "Secret/scales-asya",
      "Deployment/scales",
    ]);
    await client.until(
      scene.ref("scales", "Deployment"),
      (deployment) => (deployment?.spec as { replicas: number }).replicas === 3,
      "three replicas",
    );
    const actor = await scene.untilCondition("scales", "ScalingReady", "True ScalingOff");
    const { scaling } = actor.spec as { scaling: { enabled: boolean } };
    assert.equal(scaling.enabled, false);
  },

  "[O2] scaling that is switched on begins with the replicas that there are": async (scene) => {
    const { client } = scene.kube;
    await scene.apply("grows", {
      scaling: { enabled: false },
      workload: { replicas: 3, template },
    });
    await scene.untilKinds("grows", [
      "ServiceAccount/grows",
      "Secret/grows-asya",
      "Deployment/grows",
    ]);
    await scene.apply("grows", { workload: { replicas: 3, template } });
    await scene.untilKinds("grows", scaled("grows"));
    // A KEDA of the cluster's own may have scaled it since.
    if (!scene.keda) return;
    const deployment = await client.get(scene.ref("grows", "Deployment"));
    assert.equal((deployment?.spec as { replicas: number }).replicas, 3);
    await client.mergePatch(scene.ref("grows", "Deployment"), { spec: { replicas: 7 } });
    await scene.apply("grows", { handler: "./other.ts", workload: { replicas: 3, template } });
    const changed = await client.until(
      scene.ref("grows", "Deployment"),
      (deployment) => JSON.stringify(deployment ?? null).includes("./other.ts"),
      "another handler",
    );
    assert.equal((changed?.spec as { replicas: number }).replicas, 7);
  },

  "[O1] what others change or remove is put right": async (scene) => {
    const { client } = scene.kube;
    await scene.apply("drifts");
    await scene.untilKinds("drifts", scaled("drifts"));
    const deployment = scene.ref("drifts", "Deployment");
    const made = await client.get(deployment);
    await client.mergePatch(deployment, {
      spec: { template: { metadata: { annotations: { "asya.io/connection": "another" } } } },
    });
    const hashOf = (object: typeof made) =>
      (object?.spec as { template: { metadata: { annotations: Record<string, string> } } })
        .template.metadata.annotations["asya.io/connection"];
    await client.until(deployment, (now) => hashOf(now) === hashOf(made), "its annotation back");
    await client.mergePatch(deployment, { metadata: { labels: { "asya.io/asya": null } } });
    await client.remove(scene.ref("drifts", "ServiceAccount"));
    await scene.untilKinds("drifts", scaled("drifts"));
  },

  "[O3] an object of somebody else stays as it is": async (scene) => {
    const { client } = scene.kube;
    const metadata = { name: "taken", namespace: scene.namespace };
    const foreign = await client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    await scene.apply("taken");
    await scene.untilCondition("taken", "Degraded", "True NameTaken");
    assert.deepEqual(await client.get(refOf(foreign)), foreign);
    const isTold = async () => (await scene.eventsOf("taken")).includes("NameTaken");
    await poll("an Event that says so", isTold);
    await scene.remove("taken");
    assert.deepEqual(await client.get(refOf(foreign)), foreign);
  },

  "[O4] KEDA's object goes first, then the rest, then the actor": async (scene) => {
    const { client } = scene.kube;
    const { keda } = scene;
    if (!keda) return;
    await scene.apply("leaves");
    await scene.untilCondition("leaves", "ScalingReady", "True QueueWatched");
    keda.isAway = true;
    await client.remove(scene.ref("leaves"));
    await scene.untilCondition("leaves", "Progressing", "True Deleting");
    assert.deepEqual(await scene.kindsOf("leaves"), scaled("leaves").sort());
    await keda.comeBack();
    await client.until(scene.ref("leaves"), (actor) => actor === undefined, "to be gone");
    await scene.untilKinds("leaves", []);
    const isTold = async () => (await scene.eventsOf("leaves")).includes("QueueKept");
    await poll("an Event that says that the queue stays", isTold);
  },

  "[O6] a transport that is not there yet is said, and nothing is torn down": async (scene) => {
    await scene.apply("refused");
    await scene.untilKinds("refused", scaled("refused"));
    await scene.apply("refused", {
      transport: { type: "sqs", sqs: { region: "eu-central-1" } },
    });
    await scene.untilCondition("refused", "Degraded", "True TransportNotSupported");
    await scene.untilKinds("refused", scaled("refused"));
  },

  "[O6] a pod that the API server cannot make sense of is said, and made when it can": async (
    scene,
  ) => {
    const [handler] = template.spec.containers;
    // A field that no container has: server-side apply fails at it, with an error of its own.
    const containers = [{ ...handler, livenesProbe: {} }];
    await scene.apply("misspelt", { workload: { template: { spec: { containers } } } });
    const actor = await scene.untilCondition("misspelt", "Degraded", "True WorkloadRefused");
    assert.match(JSON.stringify(actor.status), /livenesProbe/);
    await scene.apply("misspelt");
    await scene.untilCondition("misspelt", "Degraded", "False AsAsked");
  },

  "[O7] a namespace has the runtime's files while a pod may mount them": async (scene) => {
    await scene.apply("mounts");
    const { client } = scene.kube;
    const type = { apiVersion: "v1", kind: "ConfigMap", namespace: scene.namespace };
    await scene.untilSeen("mounts");
    const deployment = await client.get(scene.ref("mounts", "Deployment"));
    const name = /asya-runtime-[0-9a-f]{12}/.exec(JSON.stringify(deployment))?.[0] ?? "";
    const made = await client.until({ ...type, name }, (one) => one !== undefined, "to be there");
    assert.deepEqual(made?.data, { "main.js": "run();", "mod.ts": "export {};" });
  },

  "[O1] errors, throttling, conflicts and cuts only take time": async (scene) => {
    const { control } = scene.kube;
    // A real server has its own troubles, and is not told to have more.
    if (!control) return;
    const isWrite = ({ method }: { method: string }) => method === "PATCH";
    const names = ["trouble-1", "trouble-2", "trouble-3"];
    control.failNext({ times: 2, status: 500, only: isWrite });
    control.failNext({ times: 2, status: 409, reason: "Conflict", only: isWrite });
    control.failNext({ times: 2, status: 500, isDone: true, only: isWrite });
    await Promise.all(names.map((name) => scene.apply(name)));
    control.compact();
    control.cutWatches();
    control.throttle(3);
    await Promise.all(names.map((name) => scene.apply(name, workload("StatefulSet"))));
    control.cutWatches(0.5);
    for (const name of names) await scene.untilKinds(name, scaled(name, "StatefulSet"));
    for (const name of names) {
      await scene.untilCondition(name, "Degraded", "False AsAsked");
    }
  },

  "[O5] KEDA is told of a queue that the operator cannot reach": async (scene) => {
    // Nobody listens there.
    const rabbitmq = { host: "127.0.0.1", port: 1 };
    await scene.apply("apart", { transport: { type: "rabbitmq", rabbitmq }, sidecar: {} });
    await scene.untilCondition("apart", "ScalingReady", "False QueueNotDeclared");
    await scene.untilKinds("apart", scaled("apart"));
  },

  "[O6] a Secret that is missing is said, and found when it is there": async (scene) => {
    const passwordSecretRef = { name: "mq", key: "password" };
    const rabbitmq = { host: "rabbitmq", username: "me", passwordSecretRef };
    await scene.apply("waits", { transport: { type: "rabbitmq", rabbitmq } });
    await scene.untilCondition("waits", "Degraded", "True SecretMissing");
    await scene.kube.client.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "mq", namespace: scene.namespace },
      stringData: { password: "a password" },
    });
    await scene.untilCondition("waits", "Degraded", "False AsAsked");
    await scene.untilKinds("waits", scaled("waits"));
  },
  "[O4] [O7] when all actors go, nothing stays": async (scene) => {
    const { client } = scene.kube;
    const actors = await client.list(scene.ref(""));
    await Promise.all(actors.map(({ metadata: { name } }) => scene.remove(name)));
    await poll(
      "an empty namespace",
      async () => (await scene.made("app.kubernetes.io/managed-by=asya-operator")).length === 0,
    );
  },
  "[O1] it may do no more than it does": async (scene) => {
    const { control } = scene.kube;
    if (!control) return;
    const used = new Set(
      control.requests.filter(({ user }) => user.endsWith(":asya-operator"))
        .flatMap(({ group, resource, subresource, verb }) => {
          const name = subresource ? `${resource}/${subresource}` : resource;
          // An object that is applied for the first time has to be creatable, too.
          const verbs = verb === "patch" && !subresource ? ["patch", "create"] : [verb];
          return verbs.map((verb) => `${group} ${name} ${verb}`);
        }),
    );
    const granted = (await readRules()).flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((name) => verbs.map((verb) => `${apiGroups} ${name} ${verb}`))
    );
    assert.deepEqual(granted.filter((right) => !used.has(right)), [
      // What the API server itself asks for when the owner of an object has to wait for it.
      "asya.io asyncactors/finalizers update",
      // An Event that comes again is counted a minute later.
      "events.k8s.io events patch",
    ]);
  },
};

Deno.test("[O1] [O2] [O3] [O4] [O6] [O7] operator: makes a cluster as actors say", async (t) => {
  await using scene = await OperatorScene.set();
  await scene.startOperator();
  for (const [what, expect] of Object.entries(cases)) await t.step(what, () => expect(scene));
});
