import type { JsonObject } from "../kube_object.ts";

/** The parts of a pod that defaults are for, as they are after decoding. */
interface PodSpec extends JsonObject {
  readonly containers?: readonly JsonObject[];
  readonly initContainers?: readonly JsonObject[];
  readonly volumes?: readonly JsonObject[];
  readonly serviceAccountName?: string;
  readonly serviceAccount?: string;
}

type Change = (value: JsonObject) => JsonObject;

/** Fills in what a pod does not say, as the API server does for pods and templates of pods. */
export function setPodDefaults(spec: JsonObject): JsonObject {
  const pod = spec as PodSpec;
  const account = pod.serviceAccountName ?? pod.serviceAccount;
  return {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...pod,
    // One is the old name of the other.
    ...(account && { serviceAccountName: account, serviceAccount: account }),
    ...(pod.containers && { containers: pod.containers.map(setContainerDefaults) }),
    ...(pod.initContainers && { initContainers: pod.initContainers.map(setContainerDefaults) }),
    ...(pod.volumes && { volumes: pod.volumes.map(setVolumeDefaults) }),
  };
}

/** The same for the template of a workload. */
export function setTemplateDefaults(template: unknown): JsonObject {
  const { spec, ...rest } = template as JsonObject & { readonly spec: JsonObject };
  return { ...rest, spec: setPodDefaults(spec) };
}

function setContainerDefaults(container: JsonObject): JsonObject {
  return {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicyOf(String(container.image ?? "")),
    ...container,
    ...within(container, "ports", (port) => ({ protocol: "TCP", ...port })),
    ...within(container, "env", setEnvDefaults),
    ...within(container, "livenessProbe", setProbeDefaults),
    ...within(container, "readinessProbe", setProbeDefaults),
    ...within(container, "startupProbe", setProbeDefaults),
    ...within(container, "lifecycle", (lifecycle) => ({
      ...lifecycle,
      ...within(lifecycle, "preStop", setHttpDefaults),
      ...within(lifecycle, "postStart", setHttpDefaults),
    })),
  };
}

/** Changes a part of a value, or each item of it, where it is there. */
function within(value: JsonObject, field: string, change: Change): JsonObject {
  const part = value[field];
  if (part === undefined) return {};
  return { [field]: Array.isArray(part) ? part.map(change) : change(part as JsonObject) };
}

/** What has no version of its own, or the last one, may be another image tomorrow. */
function pullPolicyOf(image: string): string {
  const name = image.slice(image.lastIndexOf("/") + 1);
  if (name.includes("@")) return "IfNotPresent";
  const tag = name.split(":")[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function setEnvDefaults(env: JsonObject): JsonObject {
  return {
    ...env,
    ...within(env, "valueFrom", (source) => ({
      ...source,
      ...within(source, "fieldRef", (field) => ({ apiVersion: "v1", ...field })),
      ...within(source, "resourceFieldRef", (field) => ({ divisor: "0", ...field })),
    })),
  };
}

function setProbeDefaults(probe: JsonObject): JsonObject {
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...setHttpDefaults(probe),
    ...within(probe, "grpc", (grpc) => ({ service: "", ...grpc })),
  };
}

function setHttpDefaults(handler: JsonObject): JsonObject {
  return {
    ...handler,
    ...within(handler, "httpGet", (http) => ({ path: "/", scheme: "HTTP", ...http })),
  };
}

function setVolumeDefaults(volume: JsonObject): JsonObject {
  const readable: Change = (source) => ({ defaultMode: 0o644, ...source });
  const { name: _, ...source } = volume;
  return {
    ...(Object.keys(source).length === 0 && { emptyDir: {} }),
    ...volume,
    ...within(volume, "secret", readable),
    ...within(volume, "configMap", readable),
    ...within(volume, "downwardAPI", readable),
    ...within(volume, "hostPath", (path) => ({ type: "", ...path })),
    ...within(volume, "projected", (projected) => ({
      ...readable(projected),
      ...within(projected, "sources", (one) => ({
        ...one,
        ...within(one, "serviceAccountToken", (token) => ({ expirationSeconds: 3600, ...token })),
      })),
    })),
  };
}
