import { type JsonObject, type KubeObject, withMetadata } from "../kube_object.ts";

/** A namespace can be found by its name as by a label. */
export function setNamespaceDefaults(object: KubeObject): KubeObject {
  const { name, labels } = object.metadata;
  if (!name) return object;
  return withMetadata(object, { labels: { ...labels, "kubernetes.io/metadata.name": name } });
}

/** A new namespace waits for its controller before it goes. */
export function beginNamespace(object: KubeObject): KubeObject {
  return { ...object, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
}

/** What is written as text is kept as bytes. */
export function setSecretDefaults(object: KubeObject): KubeObject {
  const { stringData = {}, ...rest } = object;
  const texts = Object.entries(stringData as Record<string, string>)
    .map(([key, value]) => [key, encodeBase64(value)]);
  const data = { ...rest.data as JsonObject, ...Object.fromEntries(texts) };
  return {
    ...rest,
    ...(Object.keys(data).length > 0 && { data }),
    type: rest.type ?? "Opaque",
  } as KubeObject;
}

function encodeBase64(value: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(value)));
}

/** Fills in what a Service does not say. */
export function setServiceDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & { readonly ports?: readonly JsonObject[] };
  const type = spec.type ?? "ClusterIP";
  const isReached = type === "NodePort" || type === "LoadBalancer";
  return {
    ...object,
    spec: {
      sessionAffinity: "None",
      type,
      ...(type !== "ExternalName" && { internalTrafficPolicy: "Cluster" }),
      ...(isReached && { externalTrafficPolicy: "Cluster" }),
      ...spec,
      ...(spec.ports && {
        ports: spec.ports.map((port) => ({ protocol: "TCP", targetPort: port.port, ...port })),
      }),
    },
  };
}

/** Gives a new Service an address, made of its name: nothing ever answers there. */
export function beginService(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject;
  if (spec.type === "ExternalName") return object;
  const clusterIP = spec.clusterIP ??
    addressOf(`${object.metadata.namespace}/${object.metadata.name}`);
  const families = { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" };
  return { ...object, spec: { ...families, ...spec, clusterIP, clusterIPs: [clusterIP] } };
}

function addressOf(name: string): string {
  const hash = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_000, 7);
  return `10.96.${Math.floor(hash / 254)}.${hash % 254 + 1}`;
}

/** Fills in what a NetworkPolicy does not say. */
export function setNetworkPolicyDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & {
    readonly ingress?: readonly JsonObject[];
    readonly egress?: readonly JsonObject[];
  };
  const policyTypes = ["Ingress", ...(spec.egress ? ["Egress"] : [])];
  const withPorts = (rules: readonly JsonObject[]) =>
    rules.map((rule) => ({
      ...rule,
      ...(Array.isArray(rule.ports) && {
        ports: rule.ports.map((port: JsonObject) => ({ protocol: "TCP", ...port })),
      }),
    }));
  return {
    ...object,
    spec: {
      policyTypes,
      ...spec,
      ...(spec.ingress && { ingress: withPorts(spec.ingress) }),
      ...(spec.egress && { egress: withPorts(spec.egress) }),
    },
  };
}

/** Fills in whose role it is, and which group its subjects are of. */
export function setBindingDefaults(object: KubeObject): KubeObject {
  const group = "rbac.authorization.k8s.io";
  const subjects = object.subjects as readonly JsonObject[] | undefined;
  return {
    ...object,
    ...(object.roleRef !== undefined && {
      roleRef: { apiGroup: group, ...object.roleRef as JsonObject },
    }),
    ...(subjects && {
      subjects: subjects.map((subject) =>
        subject.kind === "ServiceAccount" ? subject : { apiGroup: group, ...subject }
      ),
    }),
  };
}

/** Fills in what a HorizontalPodAutoscaler does not say. */
export function setAutoscalerDefaults(object: KubeObject): KubeObject {
  const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } };
  const spec = object.spec as JsonObject;
  const metrics = [{ type: "Resource", resource: cpu }];
  return { ...object, spec: { minReplicas: 1, metrics, ...spec } };
}

/** Fills in what a CustomResourceDefinition does not say. */
export function setCrdDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as JsonObject & { readonly names: { readonly kind?: string } };
  const { kind = "" } = spec.names;
  return {
    ...object,
    spec: {
      conversion: { strategy: "None" },
      ...spec,
      names: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...spec.names },
    },
  };
}

/** A new CustomResourceDefinition is not served yet. */
export function beginCrd(object: KubeObject): KubeObject {
  const { versions = [] } = object.spec as {
    readonly versions?: readonly { readonly name: string; readonly storage?: boolean }[];
  };
  const storedVersions = versions.filter(({ storage }) => storage).map(({ name }) => name);
  const acceptedNames = { plural: "", kind: "" };
  return { ...object, status: { conditions: null, acceptedNames, storedVersions } };
}
