import type { NewObject } from "../client/kube_ref.ts";
import type { KubeObject } from "../kube_object.ts";
import type { JsonSchema } from "../schema/json_schema.ts";

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "integer", format: "int32" };
const bool: JsonSchema = { type: "boolean" };
const quantity: JsonSchema = {
  "x-kubernetes-int-or-string": true,
  anyOf: [{ type: "integer" }, { type: "string" }],
};

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  ...required: readonly string[]
): JsonSchema {
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

function map(additionalProperties: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties };
}

function texts(...names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, text]));
}

const scalingRules = object({
  stabilizationWindowSeconds: number,
  selectPolicy: text,
  tolerance: quantity,
  policies: list(
    object(
      { type: text, value: number, periodSeconds: number },
      "type",
      "value",
      "periodSeconds",
    ),
  ),
});

const conditions = list(object(texts("type", "status", "reason", "message"), "type", "status"));

const scaledObject = object({
  spec: object(
    {
      scaleTargetRef: object(texts("apiVersion", "kind", "name", "envSourceContainerName"), "name"),
      pollingInterval: number,
      initialCooldownPeriod: number,
      cooldownPeriod: number,
      idleReplicaCount: number,
      minReplicaCount: number,
      maxReplicaCount: number,
      advanced: object({
        horizontalPodAutoscalerConfig: object({
          name: text,
          behavior: object({ scaleUp: scalingRules, scaleDown: scalingRules }),
        }),
        restoreToOriginalReplicaCount: bool,
        scalingModifiers: object(texts("formula", "target", "activationTarget", "metricType")),
      }),
      fallback: object(
        {
          failureThreshold: number,
          replicas: number,
          behavior: {
            type: "string",
            default: "static",
            enum: [
              "static",
              "currentReplicas",
              "currentReplicasIfHigher",
              "currentReplicasIfLower",
            ],
          },
        },
        "failureThreshold",
        "replicas",
      ),
      triggers: list(
        object(
          {
            ...texts("type", "name", "metricType"),
            useCachedMetrics: bool,
            metadata: map(text),
            authenticationRef: object(texts("name", "kind"), "name"),
          },
          "type",
          "metadata",
        ),
      ),
    },
    "scaleTargetRef",
    "triggers",
  ),
  status: object({
    ...texts("scaleTargetKind", "hpaName", "compositeScalerName", "triggersTypes"),
    ...texts("authenticationsTypes"),
    scaleTargetGVKR: object(
      texts("group", "version", "kind", "resource"),
      "group",
      "version",
      "kind",
      "resource",
    ),
    originalReplicaCount: number,
    pausedReplicaCount: number,
    lastActiveTime: { type: "string", format: "date-time" },
    externalMetricNames: list(text),
    resourceMetricNames: list(text),
    health: map(object({ numberOfFailures: number, status: text })),
    triggersActivity: map(object({ isActive: bool })),
    conditions,
  }),
}, "spec");

const targets = list(object(texts("parameter", "name", "key"), "parameter", "name", "key"));

/** Secrets kept elsewhere than in the cluster: their fields are not told apart here. */
const elsewhere: JsonSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const triggerAuthentication = object({
  spec: object({
    secretTargetRef: targets,
    configMapTargetRef: targets,
    env: list(object(texts("parameter", "name", "containerName"), "parameter", "name")),
    podIdentity: object({
      provider: {
        type: "string",
        enum: ["azure-workload", "gcp", "aws", "aws-eks", "none"],
      },
      identityOwner: { type: "string", enum: ["keda", "workload"] },
      ...texts("identityId", "identityTenantId", "identityAuthorityHost", "roleArn"),
    }, "provider"),
    boundServiceAccountToken: list(
      object(texts("parameter", "serviceAccountName"), "parameter", "serviceAccountName"),
    ),
    filePath: text,
    hashiCorpVault: elsewhere,
    azureKeyVault: elsewhere,
    gcpSecretManager: elsewhere,
    awsSecretManager: elsewhere,
  }),
  status: object(texts("scaledobjects", "scaledjobs")),
}, "spec");

/**
 * The CustomResourceDefinitions of KEDA's kinds that an actor has, as far as its API goes: for a
 * cluster in which KEDA itself does not run.
 */
export function kedaCrds(): (KubeObject & NewObject)[] {
  return [
    crd("ScaledObject", "scaledobjects", "so", scaledObject),
    crd("TriggerAuthentication", "triggerauthentications", "ta", triggerAuthentication),
  ];
}

function crd(
  kind: string,
  plural: string,
  shortName: string,
  schema: JsonSchema,
): KubeObject & NewObject {
  const { properties, ...rest } = schema;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.keda.sh` },
    spec: {
      group: "keda.sh",
      scope: "Namespaced",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName, ...(kind === "TriggerAuthentication" ? ["triggerauth"] : [])],
      },
      versions: [{
        name: "v1alpha1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            ...rest,
            properties: {
              ...texts("apiVersion", "kind"),
              metadata: { type: "object" },
              ...properties,
            },
          },
        },
      }],
    },
  };
}
