import type { KubeObject } from "../actor/kube_object.ts";
import { recordOf } from "../actor/schema/record_of.ts";
import type { LiveObject } from "./cluster.ts";
import { hashValue } from "./hash_value.ts";
import { hasCondition } from "./live_status.ts";

/** Says on a workload which values it has of what the API server lets nobody change. */
const FIXED_ANNOTATION = "asya.io/fixed";

/** Says on a Job which generation of its actor it is of. */
const GENERATION_ANNOTATION = "asya.io/generation";

/** Of each kind of workload, the fields of its spec that stay as they were made. */
const FIXED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Deployment: [],
  StatefulSet: ["podManagementPolicy", "serviceName", "volumeClaimTemplates"],
  Job: ["completionMode", "template"],
};

/**
 * Notes on a workload what of it cannot be changed, so that a change is seen without reading its
 * spec, and without the API server having to refuse it first.
 *
 * @param object as it is to be
 * @param generation of its actor
 * @returns the same, annotated where it is a workload
 */
export function noteFixedPart(object: KubeObject, generation: number): KubeObject {
  const fields = FIXED_FIELDS[object.kind];
  if (!fields) return object;
  const spec = recordOf(object.spec);
  const fixed = `${hashValue(spec.selector)}.${hashValue(fields.map((field) => spec[field]))}`;
  const annotations = {
    ...object.metadata.annotations,
    [FIXED_ANNOTATION]: fixed,
    ...(object.kind === "Job" && { [GENERATION_ANNOTATION]: String(generation) }),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/**
 * Whether a workload has to be made anew to become what it is to be, and what becomes of its pods: a
 * StatefulSet's stay and are taken over by its successor, unless that looks for others.
 *
 * @param object as it is to be, noted
 * @param live as it is there
 */
export function dependantsOfChange(
  object: KubeObject,
  live: LiveObject,
): "Background" | "Orphan" | undefined {
  const wanted = object.metadata.annotations?.[FIXED_ANNOTATION];
  const made = live.annotations[FIXED_ANNOTATION];
  if (wanted === undefined || made === undefined || wanted === made) return undefined;
  const hasSameSelector = wanted.split(".")[0] === made.split(".")[0];
  return object.kind === "StatefulSet" && hasSameSelector ? "Orphan" : "Background";
}

/**
 * Whether a Job is done with what its actor still asks for. It is not made anew, and run once more,
 * because its operator would make it otherwise by now: a new version of it, or a new token.
 *
 * @param object as it is to be, noted
 * @param live as it is there
 */
export function isDoneFor({ metadata }: KubeObject, live: LiveObject): boolean {
  const isDone = ["Complete", "Failed"].some((type) => hasCondition(live.status, type, "True"));
  const generation = metadata.annotations?.[GENERATION_ANNOTATION];
  return isDone && generation !== undefined &&
    live.annotations[GENERATION_ANNOTATION] === generation;
}
