import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import type { Platform } from "./platform.ts";
import { ownedObject, RUNTIME_LABEL, selectorLabels } from "./names.ts";
import type { Pod } from "./pod.ts";

/**
 * What runs an actor's pods. How many there are is said only where nobody scales them: who writes it
 * at each reconcile would pin what KEDA scales.
 *
 * @param actor whose it is
 * @param pod what it runs
 * @param platform which runtime it mounts
 */
export function workload(actor: AsyncActor, pod: Pod, platform: Platform): KubeObject {
  const { metadata, spec: { scaling, workload } } = actor;
  const { type, replicas, volumeClaimTemplates } = workload;
  const labels: Record<string, string> = pod.mountsRuntime
    ? { [RUNTIME_LABEL]: platform.runtimeHash }
    : {};
  const { template } = pod;
  const selector = { matchLabels: selectorLabels(actor) };
  const count = scaling.enabled ? {} : { replicas };
  switch (type) {
    case "Deployment":
      return ownedObject(actor, { apiVersion: "apps/v1", kind: type, labels }, {
        spec: { ...count, selector, template },
      });
    case "StatefulSet":
      return ownedObject(actor, { apiVersion: "apps/v1", kind: type, labels }, {
        spec: {
          ...count,
          selector,
          serviceName: metadata.name,
          // Messages come to any of them: none has to wait for another.
          podManagementPolicy: "Parallel",
          template,
          ...(volumeClaimTemplates.length > 0 && { volumeClaimTemplates }),
        },
      });
    case "Job":
      return ownedObject(actor, { apiVersion: "batch/v1", kind: type, labels }, {
        spec: { ...(replicas !== 1 && { parallelism: replicas }), template },
      });
  }
}
