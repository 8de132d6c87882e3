import { desired, type Platform } from "../desired/desired.ts";
import { runtimeConfigMap } from "../desired/runtime_config_map.ts";
import type { Cache, Cluster, LiveObject } from "./cluster.ts";
import { KubeError } from "./kube_error.ts";
import { refOf } from "./object_key.ts";
import type { Outcome } from "./outcome.ts";
import { planRuntime } from "./plan_runtime.ts";

/** What a {@linkcode RuntimeReconciler} stands on. */
export interface RuntimeParts {
  readonly cluster: Cluster;
  readonly cache: Cache;
  /** What is known at the moment. */
  readonly platform: () => Platform;
}

/** Keeps the runtime's files in namespaces whose pods mount them. */
export class RuntimeReconciler {
  readonly #parts: RuntimeParts;

  /** @param parts what it stands on */
  constructor(parts: RuntimeParts) {
    this.#parts = parts;
  }

  /**
   * Looks at one namespace.
   *
   * @param namespace which one
   * @throws {KubeError} what was in the way
   */
  async reconcile(namespace: string): Promise<Outcome> {
    const { cluster, cache } = this.#parts;
    const platform = this.#parts.platform();
    const isMounted = cache.actorsIn(namespace).some((actor) =>
      "spec" in actor && actor.metadata.deletionTimestamp === undefined &&
      desired(actor, platform).mountsRuntime
    );
    const wanted = isMounted ? runtimeConfigMap(namespace, platform) : undefined;
    let live = cache.runtimesIn(namespace);
    let asked: { readonly live?: LiveObject } | undefined;
    while (true) {
      const [action] = planRuntime({ ...(wanted && { wanted }), live, ...(asked && { asked }) });
      switch (action?.kind) {
        case undefined:
          return {};
        case "read": {
          const answer = await cluster.read(refOf(action.object));
          asked = answer ? { live: answer } : {};
          break;
        }
        case "apply":
          asked = { live: await cluster.apply(action.object) };
          break;
        case "remove":
          await cluster.remove(action.object, "Background");
          live = live.filter(({ uid }) => uid !== action.object.uid);
          break;
        case "give_up":
          throw new KubeError(
            "exists",
            `there is a ConfigMap ${action.name} in ${namespace} that is not the operator's`,
          );
      }
    }
  }
}
