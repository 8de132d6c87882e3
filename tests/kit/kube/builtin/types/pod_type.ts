import {
  all,
  any,
  bool,
  flag,
  type GoType,
  int32,
  int64,
  keyed,
  list,
  map,
  quantity,
  struct,
  text,
  time,
  whole,
} from "../go_type.ts";
import { containerType, resourcesType, securityFields } from "./container_type.ts";
import { labelSelectorType, metadataType } from "./metadata_type.ts";
import { localReference, volumesType } from "./volume_type.ts";

const nodeTerm = whole(struct("NodeSelectorTerm", {
  ...all(
    list(
      struct("NodeSelectorRequirement", { ...all(text, "key", "operator"), values: list(text) }),
    ),
    "matchExpressions",
    "matchFields",
  ),
}));

const podTerm = struct("PodAffinityTerm", {
  ...all(labelSelectorType, "labelSelector", "namespaceSelector"),
  ...all(list(text), "namespaces", "matchLabelKeys", "mismatchLabelKeys"),
  topologyKey: text,
});

const preferred = (name: string, field: string, term: GoType) =>
  list(struct(name, { weight: int32, [field]: term }));

const podAffinity = (name: string) =>
  struct(name, {
    requiredDuringSchedulingIgnoredDuringExecution: list(podTerm),
    preferredDuringSchedulingIgnoredDuringExecution: preferred(
      "WeightedPodAffinityTerm",
      "podAffinityTerm",
      podTerm,
    ),
  });

const affinity = struct("Affinity", {
  nodeAffinity: struct("NodeAffinity", {
    requiredDuringSchedulingIgnoredDuringExecution: whole(struct("NodeSelector", {
      nodeSelectorTerms: list(nodeTerm),
    })),
    preferredDuringSchedulingIgnoredDuringExecution: preferred(
      "PreferredSchedulingTerm",
      "preference",
      nodeTerm,
    ),
  }),
  podAffinity: podAffinity("PodAffinity"),
  podAntiAffinity: podAffinity("PodAntiAffinity"),
});

const securityContext = struct("PodSecurityContext", {
  ...securityFields,
  fsGroup: int64,
  supplementalGroups: list(int64),
  ...all(text, "supplementalGroupsPolicy", "fsGroupChangePolicy", "seLinuxChangePolicy"),
  sysctls: list(struct("Sysctl", all(text, "name", "value"))),
});

const toleration = struct("Toleration", {
  ...all(text, "key", "operator", "value", "effect"),
  tolerationSeconds: int64,
});

const topologySpread = struct("TopologySpreadConstraint", {
  ...all(int32, "maxSkew", "minDomains"),
  ...all(text, "topologyKey", "whenUnsatisfiable", "nodeAffinityPolicy", "nodeTaintsPolicy"),
  labelSelector: labelSelectorType,
  matchLabelKeys: list(text),
});

/** What a pod is to be. */
export const podSpecType = struct("PodSpec", {
  ...all(keyed(containerType, ["name"]), "containers", "initContainers", "ephemeralContainers"),
  volumes: volumesType,
  ...all(text, "restartPolicy", "dnsPolicy", "serviceAccountName", "serviceAccount", "nodeName"),
  ...all(text, "hostname", "subdomain", "hostnameOverride", "schedulerName", "priorityClassName"),
  ...all(text, "runtimeClassName", "preemptionPolicy"),
  ...all(int64, "terminationGracePeriodSeconds", "activeDeadlineSeconds"),
  priority: int32,
  ...all(flag, "hostNetwork", "hostPID", "hostIPC"),
  ...all(bool, "automountServiceAccountToken", "hostUsers"),
  ...all(bool, "shareProcessNamespace", "enableServiceLinks", "setHostnameAsFQDN"),
  nodeSelector: whole(map(text)),
  securityContext,
  imagePullSecrets: keyed(localReference, ["name"]),
  affinity,
  tolerations: list(toleration),
  topologySpreadConstraints: keyed(topologySpread, ["topologyKey", "whenUnsatisfiable"]),
  hostAliases: keyed(struct("HostAlias", { ip: text, hostnames: list(text) }), ["ip"]),
  dnsConfig: struct("PodDNSConfig", {
    ...all(list(text), "nameservers", "searches"),
    options: list(struct("PodDNSConfigOption", all(text, "name", "value"))),
  }),
  readinessGates: list(struct("PodReadinessGate", { conditionType: text })),
  overhead: map(quantity),
  os: struct("PodOS", { name: text }),
  schedulingGates: keyed(struct("PodSchedulingGate", { name: text }), ["name"]),
  resourceClaims: keyed(
    struct("PodResourceClaim", all(text, "name", "resourceClaimName", "resourceClaimTemplateName")),
    ["name"],
  ),
  resources: resourcesType,
  workloadRef: struct("WorkloadReference", all(text, "name", "podGroup", "podGroupReplicaKey")),
}, { nulls: ["containers"] });

/** A pod to be made. */
export const podTemplateType = struct("PodTemplateSpec", {
  metadata: metadataType,
  spec: podSpecType,
}, { always: ["metadata", "spec"] });

/** How a pod is. Who writes it is the kubelet, and whoever plays it. */
export const podStatusType = struct("PodStatus", {
  ...all(text, "phase", "reason", "message", "podIP", "hostIP", "qosClass", "nominatedNodeName"),
  ...all(text, "resize"),
  startTime: time,
  observedGeneration: int64,
  conditions: keyed(any, ["type"]),
  podIPs: keyed(any, ["ip"]),
  hostIPs: list(any),
  ...all(list(any), "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"),
});
