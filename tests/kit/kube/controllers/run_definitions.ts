import { type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";
import { type Api, stampTime } from "../objects/api.ts";
import { CRD_CLEANUP, deleteObject } from "../objects/delete.ts";
import type { StoreEvent } from "../objects/store.ts";
import { updateObject } from "../objects/write.ts";
import { resourceOf, type ServedKind } from "../served_kind.ts";
import type { Later } from "./later.ts";

const DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";

/**
 * Does what the API server does with CustomResourceDefinitions behind the scenes: what is defined
 * is served a moment later, and goes with its definition.
 *
 * @returns ends that
 */
export function runDefinitions(api: Api, later: Later): () => void {
  return api.store.listen((event) => {
    if (event.resource === DEFINITIONS) return seeDefinition(api, later, event);
    // A definition that is to go waits for the last of its objects.
    if (event.type !== "DELETED") return;
    const [group = "", plural = ""] = event.resource.split("/");
    const crd = api.store.get(DEFINITIONS, "", `${plural}.${group}`);
    if (crd?.metadata.deletionTimestamp) finishLater(api, later, crd);
  });
}

function seeDefinition(api: Api, later: Later, { type, object, previous }: StoreEvent): void {
  const { name } = object.metadata;
  if (type === "DELETED") {
    for (const kind of servedBy(api, object)) api.store.close(resourceOf(kind));
    return api.kinds.undefine(object);
  }
  if (object.metadata.deletionTimestamp) {
    api.kinds.terminate(object);
    return finishLater(api, later, object);
  }
  const isChanged = object.metadata.generation !== previous?.metadata.generation;
  if (isChanged) later.put(`establish ${name}`, () => establish(api, name));
}

function servedBy(api: Api, crd: KubeObject): ServedKind[] {
  const { group, names } = crd.spec as { group: string; names: { plural: string } };
  return api.kinds.resources.filter((kind) =>
    kind.isCustom && kind.group === group && kind.plural === names.plural
  );
}

/** Serves what is defined. */
function establish(api: Api, name: string): void {
  const crd = api.store.get(DEFINITIONS, "", name);
  const kind = api.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  if (!crd || !kind || crd.metadata.deletionTimestamp) return;
  const now = stampTime(api.nowMs());
  const done = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: now,
    reason,
    message,
  });
  const { names } = crd.spec as { names: JsonObject };
  const status = crd.status as { readonly conditions?: readonly JsonObject[] | null };
  updateObject(api, kind, { namespace: "", name }, (live) => ({
    ...live,
    status: {
      ...status,
      conditions: status.conditions?.length ? status.conditions : [
        done("NamesAccepted", "NoConflicts", "no conflicts found"),
        done("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ],
      acceptedNames: names,
    },
  }), { manager: "kube-apiserver", subresource: "status" });
  for (const served of api.kinds.define(crd)) api.store.open(resourceOf(served));
}

function finishLater(api: Api, later: Later, crd: KubeObject): void {
  const { name } = crd.metadata;
  later.put(`undefine ${name}`, () => finish(api, name));
}

/** Asks all objects of a kind to go, and removes their definition once they have. */
function finish(api: Api, name: string): void {
  const crd = api.store.get(DEFINITIONS, "", name);
  const kind = api.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  if (!crd?.metadata.deletionTimestamp || !kind) return;
  const kinds = servedBy(api, crd);
  for (const served of kinds) {
    for (const { metadata } of api.store.list(resourceOf(served))) {
      if (metadata.deletionTimestamp) continue;
      deleteObject(api, served, { namespace: metadata.namespace ?? "", name: metadata.name });
    }
  }
  if (kinds.some((served) => api.store.list(resourceOf(served)).length > 0)) return;
  updateObject(api, kind, { namespace: "", name }, (live) =>
    withMetadata(live, {
      finalizers: live.metadata.finalizers?.filter((finalizer) => finalizer !== CRD_CLEANUP) ?? [],
    }), { manager: "kube-apiserver" });
}
