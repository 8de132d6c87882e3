import { ACTOR_API, ACTOR_TYPE } from "../actor/actor_type.ts";
import type { ObjectRef } from "../actor/async_actor.ts";

/** A kind of object that the operator reads, writes or watches. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in paths. */
  readonly plural: string;
  /**
   * What is kept of objects that are watched: `status` with it, `metadata` nothing else, `spec` all
   * of it. A kind without is not watched; Secrets never are.
   */
  readonly keeps?: "metadata" | "status" | "spec";
}

/** The operator's own resource. */
export const ACTOR_KIND: Kind = { ...ACTOR_TYPE, plural: ACTOR_API.plural, keeps: "spec" };

/** What every cluster has. */
export const BUILT_IN_KINDS: readonly Kind[] = [
  { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", keeps: "status" },
  { apiVersion: "apps/v1", kind: "StatefulSet", plural: "statefulsets", keeps: "status" },
  { apiVersion: "batch/v1", kind: "Job", plural: "jobs", keeps: "status" },
  { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts", keeps: "metadata" },
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", keeps: "metadata" },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
    keeps: "metadata",
  },
  { apiVersion: "v1", kind: "Secret", plural: "secrets" },
  { apiVersion: "events.k8s.io/v1", kind: "Event", plural: "events" },
  { apiVersion: "coordination.k8s.io/v1", kind: "Lease", plural: "leases" },
];

/** What only a cluster with KEDA has. */
export const KEDA_KINDS: readonly Kind[] = [
  {
    apiVersion: "keda.sh/v1alpha1",
    kind: "TriggerAuthentication",
    plural: "triggerauthentications",
    keeps: "metadata",
  },
  {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    plural: "scaledobjects",
    keeps: "status",
  },
];

const known = new Map(
  [ACTOR_KIND, ...BUILT_IN_KINDS, ...KEDA_KINDS].map((kind) => [nameOf(kind), kind]),
);

/**
 * The kind of an object.
 *
 * @param ref the object, or how it is called
 * @throws TypeError for a kind that the operator has nothing to do with
 */
export function kindOf(ref: Pick<ObjectRef, "apiVersion" | "kind">): Kind {
  const kind = known.get(nameOf(ref));
  if (kind) return kind;
  throw new TypeError(`the kind is ${nameOf(ref)}; allowed: ${[...known.keys()].join(", ")}`);
}

/**
 * The path of a collection or of one object.
 *
 * @param kind the kind
 * @param namespace without it, all of them
 * @param name without it, the collection
 * @param subresource such as `status`
 */
export function pathOf(
  { apiVersion, plural }: Kind,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? [] : ["namespaces", encodeURIComponent(namespace)];
  const rest = [plural, name && encodeURIComponent(name), subresource];
  return [root, ...place, ...rest.filter((part) => part !== undefined)].join("/");
}

function nameOf({ apiVersion, kind }: Pick<ObjectRef, "apiVersion" | "kind">): string {
  return `${apiVersion} ${kind}`;
}
