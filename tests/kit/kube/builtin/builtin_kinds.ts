import type { BuiltinKind, Judge } from "../judge.ts";
import type { KubeObject } from "../kube_object.ts";

/** The kinds that every API server has, as far as an operator and its charts come by them. */
export const builtinKinds: readonly BuiltinKind[] = [
  kind("", "v1", "Namespace", "namespaces", ["ns"], ["status"], false),
  kind("", "v1", "Pod", "pods", ["po"], ["status"]),
  kind("", "v1", "ConfigMap", "configmaps", ["cm"]),
  kind("", "v1", "Secret", "secrets", []),
  kind("", "v1", "Service", "services", ["svc"], ["status"]),
  kind("", "v1", "ServiceAccount", "serviceaccounts", ["sa"]),
  kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", ["pvc"], ["status"]),
  kind("apps", "v1", "Deployment", "deployments", ["deploy"], ["status", "scale"]),
  kind("apps", "v1", "StatefulSet", "statefulsets", ["sts"], ["status", "scale"]),
  kind("batch", "v1", "Job", "jobs", [], ["status"]),
  kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"], [
    "status",
  ]),
  kind("coordination.k8s.io", "v1", "Lease", "leases", []),
  kind("events.k8s.io", "v1", "Event", "events", ["ev"]),
  kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ["netpol"]),
  kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"], ["status"]),
  kind("rbac.authorization.k8s.io", "v1", "Role", "roles", []),
  kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", []),
  kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", [], [], false),
  kind(
    "rbac.authorization.k8s.io",
    "v1",
    "ClusterRoleBinding",
    "clusterrolebindings",
    [],
    [],
    false,
  ),
  kind(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    [
      "crd",
      "crds",
    ],
    ["status"],
    false,
  ),
];

function kind(
  group: string,
  version: string,
  name: string,
  plural: string,
  shortNames: readonly string[],
  subresources: BuiltinKind["subresources"] = [],
  isNamespaced = true,
): BuiltinKind {
  const hasStatus = subresources.includes("status");
  const judge: Judge = {
    group,
    version,
    kind: name,
    type: { merges: "deduced" },
    blank: {},
    hasStatus,
    decode: (object) => ({ object, warnings: [] }),
    prepare(object, old, subresource) {
      if (!hasStatus) return object;
      if (subresource === "status" && old) return { ...old, status: object.status } as KubeObject;
      return { ...object, status: old?.status ?? {} } as KubeObject;
    },
    validate: () => [],
  };
  return { plural, singular: name.toLowerCase(), isNamespaced, shortNames, subresources, judge };
}
