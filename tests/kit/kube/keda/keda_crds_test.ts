import { ScaledObject, TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1";
import assert from "node:assert/strict";
import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import { checkCrd } from "../schema/check_crd.ts";
import { createSchemaJudge } from "../schema/create_schema_judge.ts";
import { kedaCrds } from "./keda_crds.ts";

const metadata = { name: "a" };
const apiVersion = "keda.sh/v1alpha1";
const rules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: "Min",
  policies: [{ type: "Percent", value: 10, periodSeconds: 15 }],
};

/** One of each kind, with every field that the operator could come to write. */
const scaledObject: KubeObject = {
  apiVersion,
  kind: "ScaledObject",
  metadata,
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" },
    pollingInterval: 10,
    initialCooldownPeriod: 1,
    cooldownPeriod: 60,
    idleReplicaCount: 0,
    minReplicaCount: 1,
    maxReplicaCount: 5,
    fallback: { failureThreshold: 3, replicas: 2, behavior: "currentReplicasIfHigher" },
    advanced: {
      restoreToOriginalReplicaCount: true,
      horizontalPodAutoscalerConfig: { name: "h", behavior: { scaleUp: rules, scaleDown: rules } },
      scalingModifiers: { formula: "a", target: "1", activationTarget: "1", metricType: "Value" },
    },
    triggers: [{
      type: "rabbitmq",
      name: "queue",
      metricType: "AverageValue",
      useCachedMetrics: true,
      metadata: { protocol: "http" },
      authenticationRef: { name: "a", kind: "TriggerAuthentication" },
    }],
  },
};
const triggerAuthentication: KubeObject = {
  apiVersion,
  kind: "TriggerAuthentication",
  metadata,
  spec: {
    secretTargetRef: [{ parameter: "password", name: "s", key: "k" }],
    configMapTargetRef: [{ parameter: "password", name: "s", key: "k" }],
    env: [{ parameter: "p", name: "N", containerName: "c" }],
    podIdentity: { provider: "aws", identityOwner: "workload", roleArn: "r", identityId: "i" },
    boundServiceAccountToken: [{ parameter: "p", serviceAccountName: "s" }],
    filePath: "f",
  },
};

/** Whether KEDA's own schema takes an object. */
function isTaken(object: KubeObject): boolean {
  // What is wrong on purpose is so by its type, too.
  const model = object.kind === "ScaledObject"
    ? new ScaledObject(object as unknown as ConstructorParameters<typeof ScaledObject>[0])
    : new TriggerAuthentication(
      object as unknown as ConstructorParameters<typeof TriggerAuthentication>[0],
    );
  try {
    model.validate();
    return true;
  } catch {
    return false;
  }
}

/** The object without one field, and with something else in its place, for each of its fields. */
function* spoil(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const one of value) for (const worse of spoil(one)) yield [worse];
  }
  if (!isJsonObject(value)) return;
  for (const [field, part] of Object.entries(value)) {
    const { [field]: _, ...rest } = value;
    yield rest;
    yield { ...value, [field]: typeof part === "object" ? "text" : { an: "object" } };
    for (const worse of spoil(part)) yield { ...value, [field]: worse };
  }
}

for (const [at, object] of [scaledObject, triggerAuthentication].entries()) {
  Deno.test(`[S4] of ${object.kind} there is taken what KEDA's own schema takes`, {
    permissions: "none",
  }, () => {
    const [crd] = kedaCrds().slice(at);
    assert.ok(crd);
    assert.deepEqual(checkCrd(crd), []);
    const judge = createSchemaJudge(crd, "v1alpha1");
    const read = judge.decode(object, "Warn");
    assert.deepEqual([read.warnings, read.object], [[], object]);
    assert.ok(isTaken(object));
    let count = 0;
    for (const spec of [object.spec, ...spoil(object.spec)]) {
      const other = { ...object, spec } as KubeObject;
      const causes = judge.validate(judge.decode(other, "Ignore").object, undefined, "");
      const what = JSON.stringify(spec as JsonObject);
      assert.equal(causes.length === 0, isTaken(other), `${what}\n${JSON.stringify(causes)}`);
      count++;
    }
    assert.ok(count > 30);
  });
}
