import type { KubeMetadata } from "../kube_object.ts";
import { asResource, type ServedKind } from "../served_kind.ts";
import { forbidden, notFound } from "../status_error.ts";
import type { Api } from "./api.ts";

/**
 * Refuses what is to be made in a namespace that is not there, or is on its way out.
 *
 * @throws StatusError 404 or 403
 */
export function admitToNamespace(api: Api, kind: ServedKind, metadata: KubeMetadata): void {
  const { namespace, name } = metadata;
  if (!kind.isNamespaced || namespace === undefined) return;
  const home = api.store.get("/namespaces", "", namespace);
  if (!home) throw notFound({ group: "", name: "namespaces" }, namespace);
  if (!home.metadata.deletionTimestamp) return;
  throw forbidden(
    asResource(kind),
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [{
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    }],
  );
}
