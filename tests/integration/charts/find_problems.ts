import {
  containersOf,
  type Manifest,
  type ManifestContainer,
  nameOf,
  type PlacedPod,
  podsOf,
} from "./manifest.ts";

/** What every secret of the charts' test values begins with. */
const SECRET = "hush";

/** Labels that change from version to version: a selector with one could never be upgraded. */
const CHANGING = ["helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by"];

/**
 * Finds what is wrong with a chart's objects, one sentence each.
 *
 * @param manifests all of one release
 */
export function findProblems(manifests: readonly Manifest[]): string[] {
  return [
    ...findTwins(manifests),
    ...manifests.flatMap(findShownSecrets),
    ...manifests.flatMap((manifest) => findLostSelectors(manifest, podsOf(manifests))),
    ...podsOf(manifests).flatMap(findPodProblems),
  ];
}

function findTwins(manifests: readonly Manifest[]): string[] {
  const names = manifests.map((manifest) => `${manifest.apiVersion} ${nameOf(manifest)}`);
  return names.filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${name} is there twice`);
}

function findShownSecrets(manifest: Manifest): string[] {
  const isShown = manifest.kind !== "Secret" && JSON.stringify(manifest).includes(SECRET);
  const isPlain = manifest.kind === "Secret" && "stringData" in manifest;
  return [
    ...isShown ? [`${nameOf(manifest)} shows a secret`] : [],
    ...isPlain ? [`${nameOf(manifest)} has stringData, whose keys an upgrade cannot remove`] : [],
  ];
}

/** What a kind says of the pods it is about, as labels that all have to match. */
function selectorOf({ kind, spec = {} }: Manifest): Readonly<Record<string, string>> | undefined {
  const selector = kind === "NetworkPolicy" ? spec.podSelector : spec.selector;
  if (typeof selector !== "object" || selector === null) return undefined;
  if (kind === "Service") return selector as Record<string, string>;
  return (selector as { matchLabels?: Record<string, string> }).matchLabels;
}

function findLostSelectors(manifest: Manifest, pods: readonly PlacedPod[]): string[] {
  const selector = selectorOf(manifest);
  // Pods of actors are made by the operator, and Services are what a ServiceMonitor selects.
  if (!selector || "asya.io/asya" in selector || manifest.kind === "ServiceMonitor") return [];
  const entries = Object.entries(selector);
  const found = pods.filter(({ labels }) => entries.every(([key, value]) => labels[key] === value));
  const own = manifest.spec?.template ? 1 : undefined;
  return [
    ...found.length === 0 ? [`${nameOf(manifest)} selects no pod`] : [],
    ...found.length > 1 ? [`${nameOf(manifest)} selects ${found.map(({ of }) => of)}`] : [],
    ...own && found[0]?.of !== nameOf(manifest) ? [`${nameOf(manifest)} misses its own pods`] : [],
    ...CHANGING.filter((label) => label in selector)
      .map((label) => `${nameOf(manifest)} selects by ${label}, which changes`),
  ];
}

/**
 * What a pod lacks of what the profile `restricted` of the Pod Security Standards asks for, and of what
 * we ask for besides.
 *
 * @param placed the pod
 */
export function findPodProblems({ of, pod }: PlacedPod): string[] {
  const security = pod.securityContext ?? {};
  const seccomp = (security.seccompProfile as { type?: unknown } | undefined)?.type;
  const volumes = (pod.volumes ?? []).map(({ name }) => name);
  const claims = ["data"];
  return [
    ...security.runAsNonRoot === true ? [] : [`${of} may run as root`],
    ...seccomp === "RuntimeDefault" ? [] : [`${of} has no seccomp profile`],
    ...pod.enableServiceLinks === false ? [] : [`${of} gets variables of Services`],
    ...typeof pod.automountServiceAccountToken === "boolean" ? [] : [`${of} may get a token`],
    ...pod.hostNetwork || pod.hostPID || pod.hostIPC ? [`${of} shares the host's namespaces`] : [],
    ...(pod.volumes ?? []).filter((volume) => "hostPath" in volume)
      .map(({ name }) => `${of} mounts ${name} of the host`),
    ...containersOf(pod).flatMap((container) => {
      const known = [...volumes, ...claims];
      return findContainerProblems(container, known).map((problem) => `${of}: ${problem}`);
    }),
  ];
}

function findContainerProblems(container: ManifestContainer, volumes: readonly string[]): string[] {
  const { name, securityContext = {}, env = [], volumeMounts = [], ports = [] } = container;
  const dropped = (securityContext.capabilities as { drop?: unknown[] } | undefined)?.drop ?? [];
  const names = env.map(({ name }) => name);
  const paths = volumeMounts.map(({ mountPath }) => mountPath);
  const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) =>
    (container[probe] as { httpGet?: { port: string } } | undefined)?.httpGet?.port
  );
  const twice = (list: readonly string[]) =>
    list.filter((entry, index) => list.indexOf(entry) !== index);
  return [
    ...securityContext.allowPrivilegeEscalation === false ? [] : [`${name} may gain privileges`],
    ...securityContext.readOnlyRootFilesystem === true ? [] : [`${name} may write its image`],
    ...dropped.includes("ALL") ? [] : [`${name} keeps capabilities`],
    ...container.resources === undefined ? [`${name} asks for no resources`] : [],
    ...twice(names).map((variable) => `${name} has ${variable} twice`),
    ...twice(paths).map((path) => `${name} mounts ${path} twice`),
    ...env.filter(({ value, valueFrom }) => (value === undefined) === (valueFrom === undefined))
      .map((variable) => `${name} gives ${variable.name} no value`),
    ...volumeMounts.filter((mount) => !volumes.includes(mount.name))
      .map((mount) => `${name} mounts ${mount.name}, which is no volume`),
    ...probes.filter((port) => port !== undefined && !ports.some(({ name }) => name === port))
      .map((port) => `${name} is probed at ${port}, which is no port of it`),
  ];
}
