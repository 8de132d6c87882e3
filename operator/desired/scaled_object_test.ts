import assert from "node:assert/strict";
import { ScaledObject, TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1";
import { desired } from "./desired.ts";
import { actorOf, objectOf, platform, specOf, type Yaml } from "./testing/scene.ts";

/** The spec of the ScaledObject of an actor. */
function scalingOf(spec: Yaml): Record<string, unknown> {
  return specOf(objectOf(desired(actorOf(spec), platform), "ScaledObject"));
}

/** The metadata of the only trigger. */
function triggerOf(spec: Yaml): Record<string, string> {
  const [trigger] = scalingOf(spec).triggers as { metadata: Record<string, string> }[];
  return trigger!.metadata;
}

function rabbitmq(more: Yaml): Yaml {
  return { transport: { type: "rabbitmq", rabbitmq: { host: "rabbitmq", ...more } } };
}

const ca = { name: "broker-ca", key: "ca.crt" };

const actors: Readonly<Record<string, Yaml>> = {
  minimal: {},
  statefulset: {
    workload: { type: "StatefulSet", template: { spec: { containers: [{ name: "c" }] } } },
  },
  busy: { scaling: { minReplicas: 3, maxReplicas: 3, activationQueueLength: 7 } },
  secured: rabbitmq({
    tls: { enabled: true, caSecretRef: ca },
    passwordSecretRef: { name: "broker", key: "pass" },
  }),
};

for (const [name, spec] of Object.entries(actors)) {
  Deno.test({
    name: `[I6] KEDA's own schema takes what is written for an actor: ${name}`,
    permissions: "none",
    fn: () => {
      const made = desired(actorOf(spec), platform);
      const scaled = objectOf(made, "ScaledObject");
      // Its parts are what the schema says; the model's type knows them by other names.
      new ScaledObject(structuredClone(scaled) as never).validate();
      new TriggerAuthentication(structuredClone(objectOf(made, "TriggerAuthentication")) as never)
        .validate();
      assert.throws(() =>
        new ScaledObject({ ...scaled, spec: { ...specOf(scaled), triggers: "none" } } as never)
          .validate()
      );
    },
  });
}

Deno.test({
  name: "[I6] the trigger counts messages in work, over HTTP, and knows no password",
  permissions: "none",
  fn: () => {
    assert.deepEqual(triggerOf({ scaling: { queueLength: 9, activationQueueLength: 2 } }), {
      protocol: "http",
      host: "http://rabbitmq.docs.svc:15672/",
      vhostName: "/",
      queueName: "ocr",
      mode: "QueueLength",
      value: "9",
      activationValue: "2",
      excludeUnacknowledged: "false",
    });
    const made = desired(actorOf(rabbitmq({ username: "ada" })), platform);
    assert.deepEqual(specOf(objectOf(made, "TriggerAuthentication")).secretTargetRef, [
      { parameter: "username", name: "ocr-asya", key: "username" },
      { parameter: "password", name: "ocr-asya", key: "password" },
    ]);
  },
});

Deno.test({
  name: "[I6] over TLS KEDA is told whom to trust, and a password stays in the user's Secret",
  permissions: "none",
  fn: () => {
    const made = desired(actorOf(actors.secured), platform);
    assert.deepEqual(specOf(objectOf(made, "TriggerAuthentication")).secretTargetRef, [
      { parameter: "username", name: "ocr-asya", key: "username" },
      { parameter: "password", name: "broker", key: "pass" },
      { parameter: "tls", name: "ocr-asya", key: "tls" },
      { parameter: "ca", name: "broker-ca", key: "ca.crt" },
    ]);
    const { data } = objectOf(made, "Secret");
    assert.deepEqual(Object.keys(data as object), ["username", "internal-token", "tls"]);
    assert.equal((data as Record<string, string>).tls, btoa("enable"));
    const plain = desired(actorOf(rabbitmq({ tls: { caSecretRef: ca } })), platform);
    const { secretTargetRef } = specOf(objectOf(plain, "TriggerAuthentication"));
    assert.equal((secretTargetRef as unknown[]).length, 2);
    assert.equal(
      triggerOf(rabbitmq({ host: "::1", managementPort: 15_671, tls: { enabled: true } })).host,
      "https://[::1]:15671/",
    );
  },
});

Deno.test({
  name: "[I6] an actor cools down no sooner than a message may take, unless its owner says so",
  permissions: "none",
  fn: () => {
    const cooldowns: [Yaml, number, number][] = [
      [{}, 300, 300],
      [{ timeout: { processing: 5 } }, 60, 60],
      [{ timeout: { processing: 7_200 } }, 7_200, 3_600],
      [{ scaling: { cooldownPeriod: 10 } }, 10, 10],
    ];
    for (const [spec, cooldown, window] of cooldowns) {
      const scaling = scalingOf(spec);
      assert.equal(scaling.cooldownPeriod, cooldown, JSON.stringify(spec));
      assert.deepEqual(scaling.advanced, {
        horizontalPodAutoscalerConfig: {
          behavior: { scaleDown: { stabilizationWindowSeconds: window } },
        },
      });
    }
  },
});

Deno.test({
  name: "[I6] while the broker does not answer, as many replicas stay as there are",
  permissions: "none",
  fn: () => {
    const fallbackOf = (minReplicas: number) => scalingOf({ scaling: { minReplicas } }).fallback;
    const behavior = "currentReplicasIfHigher";
    assert.deepEqual(fallbackOf(0), { failureThreshold: 3, replicas: 1, behavior });
    assert.deepEqual(fallbackOf(4), { failureThreshold: 3, replicas: 4, behavior });
  },
});
