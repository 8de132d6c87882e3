import { actorSpec } from "./actor_spec.ts";
import { actorStatus } from "./actor_status.ts";
import { NAME_RULE } from "./actor_name.ts";
import { ACTOR_API, ACTOR_TYPE } from "./actor_type.ts";
import type { StructuralSchema } from "./schema/structural.ts";

const { group, version, plural } = ACTOR_API;
const { kind } = ACTOR_TYPE;

const schema: StructuralSchema = {
  type: "object",
  description: "An actor: a handler that takes messages from a queue, and how it is run.",
  required: ["spec"],
  properties: {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
    spec: actorSpec.schema,
    status: actorStatus.schema,
  },
  "x-kubernetes-validations": [{
    // A name never changes: one from before the rule must not keep the rest from changing.
    rule: `oldSelf.hasValue() || (${NAME_RULE.cel})`,
    message: NAME_RULE.message,
    optionalOldSelf: true,
  }],
};

/** A column of `kubectl get asyncactors`. */
function column(name: string, jsonPath: string, type = "string") {
  return { name, type, jsonPath };
}

/** What a cluster has to be told before it takes an `AsyncActor`. */
export const actorCrd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${plural}.${group}`,
    labels: { "app.kubernetes.io/part-of": "asya" },
  },
  spec: {
    group,
    scope: "Namespaced",
    names: {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: "asyncactor",
      shortNames: ["asyncactor", "asya"],
      categories: ["all"],
    },
    versions: [{
      name: version,
      served: true,
      storage: true,
      schema: { openAPIV3Schema: schema },
      subresources: {
        status: {},
        scale: {
          specReplicasPath: ".spec.workload.replicas",
          statusReplicasPath: ".status.replicas",
          labelSelectorPath: ".status.selector",
        },
      },
      additionalPrinterColumns: [
        column("Queue", ".spec.queueName"),
        column("Transport", ".spec.transport.type"),
        column("Workload", ".spec.workload.type"),
        column("Ready", '.status.conditions[?(@.type=="Ready")].status'),
        column("Min", ".spec.scaling.minReplicas", "integer"),
        column("Max", ".spec.scaling.maxReplicas", "integer"),
        column("Age", ".metadata.creationTimestamp", "date"),
      ],
    }],
  },
} as const;
