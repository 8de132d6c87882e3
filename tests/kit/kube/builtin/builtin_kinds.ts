import type { BuiltinKind } from "../judge.ts";
import { checkCrd } from "../schema/check_crd.ts";
import { checkConfigMap, checkSecret } from "./check_data.ts";
import { checkNetworkPolicy, checkService } from "./check_network.ts";
import {
  checkAutoscaler,
  checkBinding,
  checkDisruptionBudget,
  checkEvent,
  checkLease,
  checkPod,
  checkRole,
} from "./check_others.ts";
import { checkDeployment, checkJob, checkStatefulSet } from "./check_workload.ts";
import { defineKind, type KindRules } from "./define_kind.ts";
import {
  beginCrd,
  beginNamespace,
  beginService,
  setAutoscalerDefaults,
  setBindingDefaults,
  setCrdDefaults,
  setNamespaceDefaults,
  setNetworkPolicyDefaults,
  setSecretDefaults,
  setServiceDefaults,
} from "./other_defaults.ts";
import {
  bindingParts,
  configMapParts,
  crdParts,
  eventParts,
  leaseParts,
  namespaceParts,
  networkPolicyParts,
  roleParts,
  secretParts,
  serviceAccountParts,
  serviceParts,
} from "./types/other_types.ts";
import { podSpecType, podStatusType } from "./types/pod_type.ts";
import {
  autoscalerParts,
  claimParts,
  deploymentParts,
  disruptionParts,
  jobParts,
  statefulSetParts,
} from "./types/workload_types.ts";
import {
  beginJob,
  setClaimDefaults,
  setDeploymentDefaults,
  setJobDefaults,
  setSinglePodDefaults,
  setStatefulSetDefaults,
} from "./workload_defaults.ts";

const RBAC = "rbac.authorization.k8s.io";

const core: KindRules[] = [{
  ...named("", "v1", "Namespace", "namespaces", ["ns"]),
  subresources: ["status"],
  isOfCluster: true,
  parts: namespaceParts,
  setDefaults: setNamespaceDefaults,
  begin: beginNamespace,
}, {
  ...named("", "v1", "Pod", "pods", ["po"]),
  subresources: ["status"],
  parts: { spec: podSpecType, status: podStatusType },
  setDefaults: setSinglePodDefaults,
  check: checkPod,
}, {
  ...named("", "v1", "ConfigMap", "configmaps", ["cm"]),
  parts: configMapParts,
  check: checkConfigMap,
}, {
  ...named("", "v1", "Secret", "secrets"),
  parts: secretParts,
  setDefaults: setSecretDefaults,
  check: checkSecret,
}, {
  ...named("", "v1", "Service", "services", ["svc"]),
  subresources: ["status"],
  parts: serviceParts,
  setDefaults: setServiceDefaults,
  begin: beginService,
  check: checkService,
}, {
  ...named("", "v1", "ServiceAccount", "serviceaccounts", ["sa"]),
  parts: serviceAccountParts,
}, {
  ...named("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", ["pvc"]),
  subresources: ["status"],
  parts: claimParts,
  setDefaults: setClaimDefaults,
}];

const workloads: KindRules[] = [{
  ...named("apps", "v1", "Deployment", "deployments", ["deploy"]),
  subresources: ["status", "scale"],
  parts: deploymentParts,
  setDefaults: setDeploymentDefaults,
  check: checkDeployment,
}, {
  ...named("apps", "v1", "StatefulSet", "statefulsets", ["sts"]),
  subresources: ["status", "scale"],
  parts: statefulSetParts,
  setDefaults: setStatefulSetDefaults,
  check: checkStatefulSet,
}, {
  ...named("batch", "v1", "Job", "jobs"),
  subresources: ["status"],
  parts: jobParts,
  setDefaults: setJobDefaults,
  begin: beginJob,
  check: checkJob,
}, {
  ...named("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"]),
  subresources: ["status"],
  parts: autoscalerParts,
  setDefaults: setAutoscalerDefaults,
  check: checkAutoscaler,
}, {
  ...named("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"]),
  subresources: ["status"],
  parts: disruptionParts,
  check: checkDisruptionBudget,
}];

const others: KindRules[] = [{
  ...named("coordination.k8s.io", "v1", "Lease", "leases"),
  parts: leaseParts,
  check: checkLease,
}, {
  ...named("events.k8s.io", "v1", "Event", "events", ["ev"]),
  parts: eventParts,
  check: checkEvent,
}, {
  ...named("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ["netpol"]),
  parts: networkPolicyParts,
  setDefaults: setNetworkPolicyDefaults,
  check: checkNetworkPolicy,
}, {
  ...named(RBAC, "v1", "Role", "roles"),
  parts: roleParts,
  check: checkRole,
}, {
  ...named(RBAC, "v1", "ClusterRole", "clusterroles"),
  isOfCluster: true,
  parts: roleParts,
  check: checkRole,
}, {
  ...named(RBAC, "v1", "RoleBinding", "rolebindings"),
  parts: bindingParts,
  setDefaults: setBindingDefaults,
  check: checkBinding,
}, {
  ...named(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings"),
  isOfCluster: true,
  parts: bindingParts,
  setDefaults: setBindingDefaults,
  check: checkBinding,
}, {
  ...named(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    ["crd", "crds"],
  ),
  subresources: ["status"],
  isOfCluster: true,
  parts: crdParts,
  setDefaults: setCrdDefaults,
  begin: beginCrd,
  check: checkCrd,
}];

function named(
  group: string,
  version: string,
  kind: string,
  plural: string,
  shortNames: readonly string[] = [],
) {
  return { group, version, kind, plural, shortNames };
}

/** The kinds that every API server has, as far as an operator and its charts come by them. */
export const builtinKinds: readonly BuiltinKind[] = [...core, ...workloads, ...others]
  .map(defineKind);
