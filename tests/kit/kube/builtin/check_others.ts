import { cause } from "../cause.ts";
import { isSame, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { listOf } from "./list_of.ts";
import { checkPodSpec } from "./check_pod.ts";
import { checkOneOf } from "./words.ts";

/** What is wrong with a Pod. */
export function checkPod({ spec }: KubeObject): StatusCause[] {
  return checkPodSpec(spec as JsonObject, "spec");
}

/** What is wrong with a Lease. */
export function checkLease({ spec }: KubeObject): StatusCause[] {
  const { leaseDurationSeconds, leaseTransitions } = (spec ?? {}) as Record<string, number>;
  const causes: StatusCause[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    const why = "must be greater than 0";
    causes.push(cause.invalid("spec.leaseDurationSeconds", leaseDurationSeconds, why));
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    const why = "must be greater than or equal to 0";
    causes.push(cause.invalid("spec.leaseTransitions", leaseTransitions, why));
  }
  return causes;
}

/** What is wrong with an Event. */
export function checkEvent(event: KubeObject): StatusCause[] {
  const causes: StatusCause[] = [];
  const { metadata: { namespace = "" }, type, note = "" } = event;
  const { namespace: about } = (event.regarding ?? {}) as { readonly namespace?: string };
  if (about === undefined ? namespace !== "default" : about !== namespace) {
    const why = "does not match event.namespace";
    causes.push(cause.invalid("involvedObject.namespace", about ?? "", why));
  }
  for (
    const field of ["eventTime", "reportingController", "reportingInstance", "action", "reason"]
  ) {
    if (!event[field]) causes.push(cause.required(field));
  }
  for (const field of ["reportingInstance", "action", "reason"]) {
    if (String(event[field] ?? "").length > 128) {
      causes.push(cause.invalid(field, "", "can have at most 128 characters"));
    }
  }
  if (type !== "Normal" && type !== "Warning") {
    causes.push(cause.invalid("type", "", `has invalid value: ${type ?? ""}`));
  }
  if (new TextEncoder().encode(String(note)).length > 1024) {
    causes.push(cause.invalid("message", "", "can have at most 1024 characters"));
  }
  return causes;
}

/** What is wrong with a PodDisruptionBudget. */
export function checkDisruptionBudget({ spec }: KubeObject): StatusCause[] {
  const { minAvailable, maxUnavailable } = spec as JsonObject;
  if (minAvailable === undefined || maxUnavailable === undefined) return [];
  const why = "minAvailable and maxUnavailable cannot be both set";
  return [cause.invalid("spec", spec, why)];
}

/** What is wrong with a HorizontalPodAutoscaler. */
export function checkAutoscaler({ spec }: KubeObject): StatusCause[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = spec as {
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly scaleTargetRef: JsonObject;
  };
  const causes: StatusCause[] = [];
  if (maxReplicas < 1) {
    causes.push(cause.invalid("spec.maxReplicas", maxReplicas, "must be greater than 0"));
  } else if (maxReplicas < minReplicas) {
    const why = "must be greater than or equal to `minReplicas`";
    causes.push(cause.invalid("spec.maxReplicas", maxReplicas, why));
  }
  for (const field of ["kind", "name"]) {
    if (!scaleTargetRef[field]) causes.push(cause.required(`spec.scaleTargetRef.${field}`));
  }
  return causes;
}

/** What is wrong with a Role or ClusterRole. */
export function checkRole(role: KubeObject): StatusCause[] {
  return listOf(role.rules).flatMap((rule, at) => {
    const path = `rules[${at}]`;
    const { verbs, apiGroups, resources, nonResourceURLs } = rule;
    const causes: StatusCause[] = [];
    if (listOf(verbs).length === 0) {
      causes.push(cause.required(`${path}.verbs`, "verbs must contain at least one value"));
    }
    if (listOf(nonResourceURLs).length > 0) return causes;
    if (listOf(apiGroups).length === 0) {
      const why = "resource rules must supply at least one api group";
      causes.push(cause.required(`${path}.apiGroups`, why));
    }
    if (listOf(resources).length === 0) {
      const why = "resource rules must supply at least one resource";
      causes.push(cause.required(`${path}.resources`, why));
    }
    return causes;
  });
}

/** What is wrong with a RoleBinding or ClusterRoleBinding. */
export function checkBinding(binding: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const { kind, name } = (binding.roleRef ?? {}) as JsonObject;
  const roles = binding.kind === "RoleBinding" ? ["ClusterRole", "Role"] : ["ClusterRole"];
  const causes = checkOneOf("roleRef.kind", kind ?? "", ...roles);
  if (!name) causes.push(cause.required("roleRef.name"));
  for (const [at, subject] of listOf(binding.subjects).entries()) {
    const path = `subjects[${at}]`;
    if (!subject.name) causes.push(cause.required(`${path}.name`));
    causes.push(
      ...checkOneOf(`${path}.kind`, subject.kind ?? "", "Group", "ServiceAccount", "User"),
    );
    if (subject.kind === "ServiceAccount" && !subject.namespace) {
      causes.push(cause.required(`${path}.namespace`));
    }
  }
  if (old && !isSame(old.roleRef, binding.roleRef)) {
    causes.push(cause.invalid("roleRef", binding.roleRef, "cannot change roleRef"));
  }
  return causes;
}
