import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { collectorConfigMap } from "./collector_config_map.ts";
import { connectionSecret } from "./connection_secret.ts";
import { examine } from "./examine.ts";
import { networkPolicy } from "./network_policy.ts";
import type { Note } from "./note.ts";
import type { Platform } from "./platform.ts";
import { hasOwnAccount, podOf } from "./pod.ts";
import { remarks } from "./remarks.ts";
import { scaledObject, triggerAuthentication } from "./scaled_object.ts";
import { serviceAccount } from "./service_account.ts";
import { readsOurFile, telemetryOf } from "./telemetry.ts";
import { workload } from "./workload.ts";

export type { Note } from "./note.ts";
export type { Platform } from "./platform.ts";

/** Everything that should exist for one actor, owned by it. */
export interface Desired {
  /**
   * In the order in which they are to be applied: what is mounted before who mounts it. None where
   * a note refuses the actor: then nothing that is there should be touched.
   */
  readonly objects: readonly KubeObject[];
  readonly notes: readonly Note[];
  /** Whether a pod of it mounts the namespace's ConfigMap with the runtime. */
  readonly mountsRuntime: boolean;
}

/**
 * What should exist for an actor: the same value for the same arguments.
 *
 * @param actor as the API server has it
 * @param platform what is known besides
 */
export function desired(actor: AsyncActor, platform: Platform): Desired {
  const examined = examine(actor, platform);
  if (!examined.ok) return { objects: [], notes: [examined.note], mountsRuntime: false };
  const { rabbitmq, place } = examined;
  const { scaling, networkPolicy: policy, workload: { type, template } } = actor.spec;
  const pod = podOf(actor, place, rabbitmq, platform);
  const telemetry = telemetryOf(actor, platform);
  const hasOurCollector = telemetry !== undefined && readsOurFile(actor.spec.telemetry, telemetry);
  const isScaled = scaling.enabled && platform.hasKeda && type !== "Job";
  return {
    objects: [
      ...(hasOwnAccount(template.spec) ? [serviceAccount(actor)] : []),
      connectionSecret(actor, platform),
      ...(hasOurCollector ? [collectorConfigMap(actor, platform)] : []),
      ...(policy.enabled ? [networkPolicy(actor, rabbitmq, platform)] : []),
      workload(actor, pod, platform),
      ...(isScaled ? [triggerAuthentication(actor, rabbitmq), scaledObject(actor, rabbitmq)] : []),
    ],
    notes: remarks(actor, place, platform),
    mountsRuntime: pod.mountsRuntime,
  };
}
