import { isSame, type KubeObject } from "../kube_object.ts";
import type { Api } from "../objects/api.ts";
import { deleteObject } from "../objects/delete.ts";
import { createObject } from "../objects/write.ts";
import { resourceOf, type ServedKind } from "../served_kind.ts";
import type { Later } from "./later.ts";

const NAMESPACES = "/namespaces";
const MANAGER = "kube-controller-manager";

/**
 * Does what the controllers of namespaces do: each gets a service account, and one that is to go
 * loses what is in it, and then goes.
 *
 * @returns ends that
 */
export function runNamespaces(api: Api, later: Later): () => void {
  return api.store.listen(({ resource, type, object }) => {
    const name = resource === NAMESPACES ? object.metadata.name : object.metadata.namespace ?? "";
    if (resource === NAMESPACES && type === "ADDED") {
      later.put(`furnish ${name}`, () => furnish(api, name));
    }
    const home = api.store.get(NAMESPACES, "", name);
    if (!home?.metadata.deletionTimestamp) return;
    if (resource === NAMESPACES || type === "DELETED") {
      later.put(`empty ${name}`, () => empty(api, name));
    }
  });
}

/** Makes what every namespace has. */
function furnish(api: Api, namespace: string): void {
  const home = api.store.get(NAMESPACES, "", namespace);
  if (!home || home.metadata.deletionTimestamp) return;
  const make = (plural: string, object: KubeObject) => {
    const kind = api.kinds.find("", "v1", plural);
    if (!kind || api.store.get(resourceOf(kind), namespace, object.metadata.name)) return;
    createObject(api, kind, namespace, object, { manager: MANAGER });
  };
  make("serviceaccounts", {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default" },
  });
  make("configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kube-root-ca.crt" },
    data: { "ca.crt": "" },
  });
}

/** Asks everything in a namespace to go, and removes the namespace once all of it has. */
function empty(api: Api, namespace: string): void {
  const home = api.store.get(NAMESPACES, "", namespace);
  if (!home?.metadata.deletionTimestamp) return;
  const kinds = api.kinds.resources.filter(({ isNamespaced }) => isNamespaced);
  for (const kind of kinds) {
    for (const { metadata } of api.store.list(resourceOf(kind), namespace)) {
      if (metadata.deletionTimestamp) continue;
      deleteObject(api, kind, { namespace, name: metadata.name }, BACKGROUND);
    }
  }
  if (kinds.some((kind) => hasAny(api, kind, namespace))) return;
  if (home.metadata.finalizers?.length) {
    if (!isSame(home.spec, {})) api.store.put(NAMESPACES, { ...home, spec: {} });
  } else api.store.remove(NAMESPACES, home);
}

const BACKGROUND = { propagationPolicy: "Background" } as const;

function hasAny(api: Api, kind: ServedKind, namespace: string): boolean {
  return api.store.list(resourceOf(kind), namespace).length > 0;
}
