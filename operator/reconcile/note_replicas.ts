import type { KubeObject } from "../actor/kube_object.ts";

/** Says on a workload that the operator says how many replicas it has. */
export const REPLICAS_ANNOTATION = "asya.io/replicas";

/**
 * Whether an object says how many replicas there are.
 *
 * @param object as it is to be
 */
export function saysReplicas({ spec }: KubeObject): boolean {
  return typeof spec === "object" && spec !== null && "replicas" in spec;
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
