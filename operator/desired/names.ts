import { ACTOR_TYPE } from "../actor/actor_type.ts";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject, OwnerReference } from "../actor/kube_object.ts";

/** Who applies objects, as the API server knows it. */
export const FIELD_MANAGER = "asya-operator";

/** On every object that the operator makes. */
export const OPERATOR_LABELS = {
  "app.kubernetes.io/managed-by": "asya-operator",
  "app.kubernetes.io/part-of": "asya",
} as const;

/** Names the actor that an object belongs to. */
export const ACTOR_LABEL = "asya.io/asya";

/** On workloads and ConfigMaps: which runtime a pod mounts. */
export const RUNTIME_LABEL = "asya.io/runtime";

/**
 * The labels of what the operator makes for a whole namespace.
 *
 * @param more what else is said of it
 */
export function namespaceLabels(more: Readonly<Record<string, string>>): Record<string, string> {
  return { ...OPERATOR_LABELS, ...more };
}

/**
 * The labels of everything that belongs to an actor.
 *
 * @param actor whose it is
 */
function actorLabels(actor: AsyncActor): Record<string, string> {
  return { ...OPERATOR_LABELS, [ACTOR_LABEL]: actor.metadata.name };
}

/**
 * What tells an actor's pods from all others; it never changes while its workload is of one kind.
 *
 * @param actor whose pods
 */
export function selectorLabels({ metadata, spec }: AsyncActor): Record<string, string> {
  const { name } = metadata;
  return { app: name, [ACTOR_LABEL]: name, "asya.io/workload": spec.workload.type };
}

/**
 * The name of an actor's connection Secret, and of what else stands beside the objects that have its
 * own name.
 *
 * @param actor whose it is
 */
export function secretName(actor: Pick<AsyncActor, "metadata">): string {
  return `${actor.metadata.name}-asya`;
}

/** Keys of the connection Secret. */
export const SECRET_KEYS = {
  username: "username",
  password: "password",
  internalToken: "internal-token",
  /** Tells KEDA to use the authority that it is given. */
  tls: "tls",
} as const;

/**
 * An object that belongs to an actor and goes with it.
 *
 * @param actor the owner
 * @param kind of which kind, and what is its own
 * @param fields everything but who it is
 */
export function ownedObject(
  actor: AsyncActor,
  kind: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
  },
  fields: Readonly<Record<string, unknown>>,
): KubeObject {
  const { name, namespace } = actor.metadata;
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name: kind.name ?? name,
      namespace,
      labels: { ...actorLabels(actor), ...kind.labels },
      ownerReferences: [ownerOf(actor)],
    },
    ...fields,
  };
}

function ownerOf({ metadata }: AsyncActor): OwnerReference {
  return {
    ...ACTOR_TYPE,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
