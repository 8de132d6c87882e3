import {
  all,
  any,
  bool,
  bytes,
  flag,
  type GoStruct,
  type GoType,
  int32,
  intOrString,
  keyed,
  list,
  map,
  microTime,
  struct,
  text,
  time,
  whole,
} from "../go_type.ts";
import { labelSelectorType } from "./metadata_type.ts";
import { localReference } from "./volume_type.ts";
import { conditionsType } from "./workload_types.ts";

const objectReference = whole(struct("ObjectReference", {
  ...all(text, "kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"),
}));

/** What a Namespace says beside its metadata. */
export const namespaceParts = {
  spec: struct("NamespaceSpec", { finalizers: list(text) }),
  status: struct("NamespaceStatus", { phase: text, conditions: conditionsType }),
} satisfies Record<string, GoStruct>;

/** What a ConfigMap says beside its metadata. */
export const configMapParts = {
  ...all(map(text), "data", "binaryData"),
  immutable: bool,
};

/** What a Secret says beside its metadata. */
export const secretParts = {
  data: map(bytes),
  stringData: map(text),
  immutable: bool,
  type: text,
};

/** What a ServiceAccount says beside its metadata. */
export const serviceAccountParts = {
  secrets: keyed(struct("ObjectReference", objectReference.fields), ["name"]),
  imagePullSecrets: list(localReference),
  automountServiceAccountToken: bool,
};

/** What a Lease says beside its metadata. */
export const leaseParts = {
  spec: struct("LeaseSpec", {
    ...all(text, "holderIdentity", "strategy", "preferredHolder"),
    ...all(int32, "leaseDurationSeconds", "leaseTransitions"),
    ...all(microTime, "acquireTime", "renewTime"),
  }),
};

/** What an Event says beside its metadata. */
export const eventParts = {
  eventTime: microTime,
  series: struct("EventSeries", { count: int32, lastObservedTime: microTime }),
  ...all(text, "reportingController", "reportingInstance", "action", "reason", "note", "type"),
  ...all(objectReference, "regarding", "related"),
  deprecatedSource: struct("EventSource", all(text, "component", "host")),
  ...all(time, "deprecatedFirstTimestamp", "deprecatedLastTimestamp"),
  deprecatedCount: int32,
};

const peer = struct("NetworkPolicyPeer", {
  ...all(labelSelectorType, "podSelector", "namespaceSelector"),
  ipBlock: struct("IPBlock", { cidr: text, except: list(text) }),
});
const policyPort = struct("NetworkPolicyPort", {
  protocol: text,
  port: intOrString,
  endPort: int32,
});

/** What a NetworkPolicy says beside its metadata. */
export const networkPolicyParts = {
  spec: struct("NetworkPolicySpec", {
    podSelector: labelSelectorType,
    policyTypes: list(text),
    ingress: list(
      struct("NetworkPolicyIngressRule", { ports: list(policyPort), from: list(peer) }),
    ),
    egress: list(struct("NetworkPolicyEgressRule", { ports: list(policyPort), to: list(peer) })),
  }, { always: ["podSelector"] }),
};

const servicePort = struct("ServicePort", {
  ...all(text, "name", "protocol", "appProtocol"),
  ...all(int32, "port", "nodePort"),
  targetPort: intOrString,
});

/** What a Service says beside its metadata. */
export const serviceParts = {
  spec: struct("ServiceSpec", {
    ports: keyed(servicePort, ["port", "protocol"], { protocol: "TCP" }),
    selector: whole(map(text)),
    ...all(text, "clusterIP", "type", "sessionAffinity", "loadBalancerIP", "externalName"),
    ...all(text, "externalTrafficPolicy", "internalTrafficPolicy", "ipFamilyPolicy"),
    ...all(text, "loadBalancerClass", "trafficDistribution"),
    ...all(list(text), "clusterIPs", "externalIPs", "loadBalancerSourceRanges", "ipFamilies"),
    ...all(flag, "publishNotReadyAddresses"),
    allocateLoadBalancerNodePorts: bool,
    healthCheckNodePort: { is: "int32", isPlain: true },
    sessionAffinityConfig: any,
  }),
  status: struct("ServiceStatus", {
    loadBalancer: struct("LoadBalancerStatus", { ingress: list(any) }),
    conditions: conditionsType,
  }, { always: ["loadBalancer"] }),
} satisfies Record<string, GoStruct>;

/** What a Role or ClusterRole says beside its metadata. */
export const roleParts = {
  rules: list(struct("PolicyRule", {
    ...all(list(text), "verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"),
  })),
  aggregationRule: struct("AggregationRule", { clusterRoleSelectors: list(labelSelectorType) }),
};

/** What a RoleBinding or ClusterRoleBinding says beside its metadata. */
export const bindingParts = {
  subjects: list(struct("Subject", all(text, "kind", "apiGroup", "name", "namespace"))),
  roleRef: whole(struct("RoleRef", all(text, "apiGroup", "kind", "name"))),
};

const names = struct("CustomResourceDefinitionNames", {
  ...all(text, "plural", "singular", "kind", "listKind"),
  ...all(list(text), "shortNames", "categories"),
});

const crdVersion = struct("CustomResourceDefinitionVersion", {
  name: text,
  ...all(bool, "served", "storage", "deprecated"),
  deprecationWarning: text,
  schema: struct("CustomResourceValidation", { openAPIV3Schema: any as GoType }),
  subresources: struct("CustomResourceSubresources", {
    status: any,
    scale: struct("CustomResourceSubresourceScale", {
      ...all(text, "specReplicasPath", "statusReplicasPath", "labelSelectorPath"),
    }),
  }),
  additionalPrinterColumns: list(struct("CustomResourceColumnDefinition", {
    ...all(text, "name", "type", "format", "description", "jsonPath"),
    priority: { is: "int32", isPlain: true },
  })),
  selectableFields: list(struct("SelectableField", { jsonPath: text })),
});

/** What a CustomResourceDefinition says beside its metadata. */
export const crdParts = {
  spec: struct("CustomResourceDefinitionSpec", {
    ...all(text, "group", "scope"),
    names,
    versions: list(crdVersion),
    conversion: struct("CustomResourceConversion", { strategy: text, webhook: any }),
    preserveUnknownFields: flag,
  }, { always: ["names"] }),
  status: struct("CustomResourceDefinitionStatus", {
    conditions: conditionsType,
    acceptedNames: names,
    storedVersions: list(text),
  }, { always: ["acceptedNames"], nulls: ["conditions", "storedVersions"] }),
} satisfies Record<string, GoStruct>;
