import { cause } from "../cause.ts";
import { isSame, type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";
import { asKind, resourceOf, type ServedKind } from "../served_kind.ts";
import { conflict, forbidden, invalid } from "../status_error.ts";
import { type Api, type ObjectKey, stampTime } from "./api.ts";
import { readObject } from "./write.ts";

/** How an object is asked to go. */
export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly isDryRun?: boolean;
}

/** The finalizers by which an object waits for its dependants to go, or to be let go. */
export const FOREGROUND = "foregroundDeletion";
export const ORPHAN = "orphan";

/** The finalizer of a CustomResourceDefinition whose objects are still there. */
export const CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** Namespaces that a cluster cannot do without. */
const LASTING = ["default", "kube-system", "kube-public"];

/** Kinds whose deletion is answered with what was deleted. */
const RETURNED = ["/pods", "/services", "/serviceaccounts", "/persistentvolumeclaims"];

/**
 * Asks an object to go: at once, or once what holds it has let go.
 *
 * @returns the answer: the object that is to go, or that it went
 * @throws StatusError where it is not there or not what the caller thinks
 */
export function deleteObject(
  api: Api,
  kind: ServedKind,
  key: ObjectKey,
  options: DeleteOptions = {},
): JsonObject {
  const live = readObject(api, kind, key);
  checkPolicy(options);
  checkPreconditions(kind, live, options);
  const resource = resourceOf(kind);
  const next = mark(api, kind, live, options);
  if (next === undefined) {
    if (!options.isDryRun) api.store.remove(resource, live);
    return RETURNED.includes(resource) ? live : describeSuccess(kind, live);
  }
  if (isSame(next, live)) return live;
  return options.isDryRun ? next : api.store.put(resource, next);
}

/** The object with the mark of its end, or nothing when nothing holds it. */
function mark(
  api: Api,
  kind: ServedKind,
  live: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const now = stampTime(api.nowMs());
  if (resourceOf(kind) === "/namespaces") return markNamespace(live, now);
  if (kind.kind === "CustomResourceDefinition" && !kind.isCustom) return markCrd(live, now);
  const { deletionTimestamp, generation, finalizers = [] } = live.metadata;
  const held = chooseFinalizers(kind, finalizers, options);
  if (held.length === 0) return undefined;
  if (deletionTimestamp) return withMetadata(live, { finalizers: held });
  return withMetadata(live, {
    finalizers: held,
    deletionTimestamp: now,
    deletionGracePeriodSeconds: 0,
    ...(generation && { generation: generation + 1 }),
  });
}

function chooseFinalizers(
  kind: ServedKind,
  finalizers: readonly string[],
  { propagationPolicy }: DeleteOptions,
): readonly string[] {
  const isOrphaned = propagationPolicy === undefined
    ? finalizers.includes(ORPHAN) || (isJob(kind) && !finalizers.includes(FOREGROUND))
    : propagationPolicy === "Orphan";
  const isForeground = propagationPolicy === undefined
    ? finalizers.includes(FOREGROUND)
    : propagationPolicy === "Foreground";
  return [
    ...finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND),
    ...(isOrphaned ? [ORPHAN] : []),
    ...(isForeground ? [FOREGROUND] : []),
  ];
}

/** Jobs leave their pods behind unless they are told not to: so it was in the beginning. */
function isJob({ group, plural }: ServedKind): boolean {
  return group === "batch" && plural === "jobs";
}

function markNamespace(live: KubeObject, now: string): KubeObject {
  const { name, deletionTimestamp } = live.metadata;
  if (LASTING.includes(name)) {
    const resource = { group: "", name: "namespaces" };
    throw forbidden(resource, name, "this namespace may not be deleted");
  }
  if (deletionTimestamp) return live;
  const status = { ...live.status as JsonObject, phase: "Terminating" };
  return withMetadata({ ...live, status }, { deletionTimestamp: now });
}

function markCrd(live: KubeObject, now: string): KubeObject {
  const { deletionTimestamp, finalizers = [] } = live.metadata;
  if (deletionTimestamp) return live;
  const status = live.status as { readonly conditions?: readonly JsonObject[] | null };
  const conditions = [...(status.conditions ?? []), {
    type: "Terminating",
    status: "True",
    lastTransitionTime: now,
    reason: "InstanceDeletionPending",
    message:
      "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
  }];
  return withMetadata({ ...live, status: { ...status, conditions } }, {
    deletionTimestamp: now,
    finalizers: [...finalizers.filter((finalizer) => finalizer !== CRD_CLEANUP), CRD_CLEANUP],
  });
}

function checkPolicy({ propagationPolicy }: DeleteOptions): void {
  if (["Background", "Foreground", "Orphan", undefined].includes(propagationPolicy)) return;
  const allowed = ["Foreground", "Background", "Orphan", "nil"];
  throw invalid({ group: "meta.k8s.io", name: "DeleteOptions" }, "", [
    cause.notSupported("propagationPolicy", propagationPolicy, allowed),
  ]);
}

function checkPreconditions(
  kind: ServedKind,
  live: KubeObject,
  { preconditions: { uid, resourceVersion } = {} }: DeleteOptions,
): void {
  const { name } = live.metadata;
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw conflict(
      asKind(kind),
      name,
      `the UID in the precondition (${uid}) does not match the UID in record ` +
        `(${live.metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(
      asKind(kind),
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ` +
        `ResourceVersion in record (${live.metadata.resourceVersion}). ` +
        "The object might have been modified",
    );
  }
}

function describeSuccess({ group, plural }: ServedKind, { metadata }: KubeObject): JsonObject {
  const { name, uid } = metadata;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, ...(group && { group }), kind: plural, uid },
  };
}
