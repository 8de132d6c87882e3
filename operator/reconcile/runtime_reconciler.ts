import { desired, type Platform } from "../desired/desired.ts";
import { runtimeConfigMap } from "../desired/runtime_config_map.ts";
import type { Cache, Cluster, LiveObject, SeenActor } from "./cluster.ts";
import { KubeError } from "./kube_error.ts";
import { refOf } from "./object_key.ts";
import type { Outcome } from "./outcome.ts";
import { planRuntime, versionOf } from "./plan_runtime.ts";

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
  /** By namespace: the version of its ConfigMap whose files are ours. */
  readonly #trusted = new Map<string, string>();

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
    const isMounted = cache.actorsIn(namespace).some((actor) => mountsRuntime(actor, platform));
    const wanted = isMounted ? runtimeConfigMap(namespace, platform) : undefined;
    if (!wanted) this.#trusted.delete(namespace);
    let live = cache.runtimesIn(namespace);
    let asked: { readonly live?: LiveObject } | undefined;
    let isReplaced = false;
    while (true) {
      const trusted = this.#trusted.get(namespace);
      const [action] = planRuntime({
        ...(wanted && { wanted }),
        live,
        ...(asked && { asked }),
        ...(trusted !== undefined && { trusted }),
      });
      switch (action?.kind) {
        case undefined:
          if (asked?.live && !asked.live.isGoing) {
            this.#trusted.set(namespace, versionOf(asked.live));
          }
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
        case "replace": {
          const { name } = action.object;
          if (isReplaced) {
            throw new KubeError(
              "invalid",
              `the ConfigMap ${name} does not keep what is put into it`,
            );
          }
          isReplaced = true;
          await cluster.remove(action.object, "Background");
          asked = {};
          break;
        }
        case "give_up":
          throw new KubeError(
            "exists",
            `there is a ConfigMap ${action.name} in ${namespace} that is not the operator's`,
          );
      }
    }
  }
}

/**
 * Whether an actor's pods mount the runtime. Where that cannot be said, looking at the actor itself
 * fails in the same way and tells so; the others of its namespace get the runtime all the same.
 */
function mountsRuntime(actor: SeenActor, platform: Platform): boolean {
  if (!("spec" in actor) || actor.metadata.deletionTimestamp !== undefined) return false;
  try {
    return desired(actor, platform).mountsRuntime;
  } catch {
    return false;
  }
}
