import type { KubeObject } from "../actor/kube_object.ts";
import { OPERATOR_LABELS, RUNTIME_LABEL } from "../desired/names.ts";
import type { LiveObject } from "./cluster.ts";
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
}

/** One thing to do for the runtime's files in a namespace. */
export type RuntimeAction =
  | { readonly kind: "read"; readonly object: KubeObject }
  | { readonly kind: "apply"; readonly object: KubeObject }
  | { readonly kind: "remove"; readonly object: LiveObject }
  /** Somebody else's ConfigMap has the name. */
  | { readonly kind: "give_up"; readonly name: string };

/**
 * What to do next for the runtime's files in a namespace. Those of another version stay until no
 * workload mounts them and no rollout is under way that may still start such a pod.
 *
 * @param view what is known
 */
export function planRuntime(view: RuntimeView): RuntimeAction[] {
  const { wanted, live, asked } = view;
  const configMaps = live.filter(({ kind, labels }) =>
    kind === "ConfigMap" && labels[RUNTIME_LABEL] !== undefined
  );
  const name = wanted?.metadata.name;
  if (wanted && !configMaps.some((one) => one.name === name && !one.isGoing)) {
    if (!asked) return [{ kind: "read", object: wanted }];
    if (!asked.live) return [{ kind: "apply", object: wanted }];
    if (!isOurs(asked.live)) return [{ kind: "give_up", name: asked.live.name }];
    if (!hasLabels(asked.live, wanted)) return [{ kind: "apply", object: wanted }];
  }
  const workloads = live.filter(isWorkload);
  const isRolling = workloads.some((one) => workloadHealth(one).progressing.status === "True");
  if (isRolling) return [];
  const mounted = new Set(workloads.map(({ labels }) => labels[RUNTIME_LABEL]));
  return configMaps
    .filter((one) => one.name !== name && !one.isGoing && !mounted.has(one.labels[RUNTIME_LABEL]))
    .map((object) => ({ kind: "remove", object }));
}

function isOurs({ labels }: LiveObject): boolean {
  return labels[RUNTIME_LABEL] !== undefined ||
    Object.entries(OPERATOR_LABELS).every(([label, value]) => labels[label] === value);
}

function hasLabels({ labels }: LiveObject, { metadata }: KubeObject): boolean {
  return Object.entries(metadata.labels ?? {}).every(([label, value]) => labels[label] === value);
}
