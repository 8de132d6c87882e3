import type { KubeObject } from "../actor/kube_object.ts";
import { OPERATOR_LABELS, RUNTIME_LABEL } from "../desired/names.ts";
import type { LiveObject } from "./cluster.ts";
import { fileContent } from "./file_content.ts";
import { isWorkload } from "./object_key.ts";
import { workloadHealth } from "./workload_health.ts";

/** What is known of the runtime's files in a namespace. */
export interface RuntimeView {
  /** The ConfigMap that pods are to mount, if any actor's do. */
  readonly wanted?: KubeObject;
  /** The operator's ConfigMaps, and the workloads that say which one they mount. */
  readonly live: readonly LiveObject[];
  /** What the API server itself said of the wanted one, once it was asked. */
  readonly asked?: { readonly live?: LiveObject };
  /** The version of the wanted one whose files were seen to be ours, as {@linkcode versionOf}. */
  readonly trusted?: string;
}

/** One thing to do for the runtime's files in a namespace. */
export type RuntimeAction =
  | { readonly kind: "read"; readonly object: KubeObject }
  | { readonly kind: "apply"; readonly object: KubeObject }
  | { readonly kind: "remove"; readonly object: LiveObject }
  /** It has our labels and other files: it goes, so that it can be made. */
  | { readonly kind: "replace"; readonly object: LiveObject }
  /** Somebody else's ConfigMap has the name. */
  | { readonly kind: "give_up"; readonly name: string };

/**
 * What to do next for the runtime's files in a namespace. Those of another version stay until no
 * workload mounts them and no rollout is under way that may still start such a pod.
 *
 * @param view what is known
 */
export function planRuntime(view: RuntimeView): RuntimeAction[] {
  const { wanted, live, asked, trusted } = view;
  const configMaps = live.filter(({ kind, labels }) =>
    kind === "ConfigMap" && labels[RUNTIME_LABEL] !== undefined
  );
  const name = wanted?.metadata.name;
  const shown = configMaps.find((one) => one.name === name && !one.isGoing);
  // Labels can be anybody's, and pods run what is in it: its files are looked at once.
  if (wanted && (!shown || versionOf(shown) !== trusted)) {
    if (!asked) return [{ kind: "read", object: wanted }];
    const there = asked.live;
    if (!there) return [{ kind: "apply", object: wanted }];
    if (!isOurs(there)) return [{ kind: "give_up", name: there.name }];
    if (!there.isGoing && there.content !== fileContent(wanted)) {
      return [{ kind: "replace", object: there }];
    }
    if (!hasLabels(there, wanted)) return [{ kind: "apply", object: wanted }];
  }
  const workloads = live.filter(isWorkload);
  const isRolling = workloads.some((one) => workloadHealth(one).progressing.status === "True");
  if (isRolling) return [];
  const mounted = new Set(workloads.map(({ labels }) => labels[RUNTIME_LABEL]));
  return configMaps
    .filter((one) => one.name !== name && !one.isGoing && !mounted.has(one.labels[RUNTIME_LABEL]))
    .map((object) => ({ kind: "remove", object }));
}

/**
 * One version of one object.
 *
 * @param object as it is there
 */
export function versionOf({ uid, resourceVersion }: LiveObject): string {
  return `${uid}/${resourceVersion}`;
}

function isOurs({ labels }: LiveObject): boolean {
  return labels[RUNTIME_LABEL] !== undefined ||
    Object.entries(OPERATOR_LABELS).every(([label, value]) => labels[label] === value);
}

function hasLabels({ labels }: LiveObject, { metadata }: KubeObject): boolean {
  return Object.entries(metadata.labels ?? {}).every(([label, value]) => labels[label] === value);
}
