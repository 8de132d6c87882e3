import { isSame, type KubeObject, withMetadata } from "../kube_object.ts";

/**
 * Whether a write changes nothing: what is to be stored is what is there, but for the times at
 * which managers wrote.
 */
export function isUnchanged(live: KubeObject, object: KubeObject): boolean {
  return isSame(withoutTimes(live), withoutTimes(object));
}

function withoutTimes(object: KubeObject): KubeObject {
  const managedFields = object.metadata.managedFields?.map(({ time: _, ...rest }) => rest);
  return withMetadata(object, { managedFields });
}
