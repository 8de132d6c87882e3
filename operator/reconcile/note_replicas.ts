import type { KubeObject } from "../actor/kube_object.ts";
import { recordOf } from "../actor/schema/record_of.ts";

/** Says on a workload that the operator says how many replicas it has. */
export const REPLICAS_ANNOTATION = "asya.io/replicas";

/**
 * Whether an object says how many replicas there are.
 *
 * @param object as it is to be
 */
export function saysReplicas({ spec }: KubeObject): boolean {
  return "replicas" in recordOf(spec);
}

/**
 * Notes on a workload that its replicas are said, so that it is known when they are not any more.
 *
 * @param object as it is to be
 * @returns the same, annotated where it says them
 */
export function noteReplicas(object: KubeObject): KubeObject {
  if (!saysReplicas(object)) return object;
  const annotations = { ...object.metadata.annotations, [REPLICAS_ANNOTATION]: "said" };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/**
 * A workload that takes the place of another, with as many replicas as that had. Left to the API
 * server it would begin with one, and all pods but one that it takes over would end.
 *
 * @param object as it is to be
 * @param replicas what the other had, if there was one
 * @returns the same where it says its replicas itself
 */
export function beginWith(object: KubeObject, replicas = 1): KubeObject {
  const isScaled = object.kind === "Deployment" || object.kind === "StatefulSet";
  if (!isScaled || replicas <= 1 || saysReplicas(object)) return object;
  return noteReplicas({ ...object, spec: { ...recordOf(object.spec), replicas } });
}
