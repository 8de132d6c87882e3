import type { BakedPermissions } from "@asya/program";
import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { ownedObject, selectorLabels } from "./names.ts";

/** What the operator knows besides the actor: its own settings, and what the cluster has. */
export interface Platform {
  /** Of actors that name none. */
  readonly sidecarImage: string;
  /**
   * How that image is started: `flags` writes `deno run` with exactly what this actor needs,
   * `image` leaves it to the image's entry point. An image that the actor names starts itself.
   */
  readonly sidecarRun: "flags" | "image";
  /** What the programs in pods need of their systems: each one's `permissions.json`. */
  readonly permissions: { readonly sidecar: BakedPermissions; readonly runtime: BakedPermissions };
  /** Brings the runtime where `inject` is `binary`. */
  readonly runtimeImage: string;
  /** The runtime as files for a ConfigMap: by name, with their text. */
  readonly runtimeFiles: Readonly<Record<string, string>>;
  /** Twelve hexadecimal digits of those files' hash. */
  readonly runtimeHash: string;
  readonly gatewayUrl?: string;
  readonly internalToken?: string;
  /** Whether the cluster knows KEDA's kinds. */
  readonly hasKeda: boolean;
}

/** Something about an actor that its owner should know, told by conditions and Events. */
export interface Note {
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** `refused`: nothing can run; `limited`: it runs, not all as asked; `told`: for information. */
  readonly weight: "refused" | "limited" | "told";
  /** What it is about. */
  readonly about: "workload" | "scaling";
}

/** Everything that should exist for one actor, owned by it. */
export interface Desired {
  /** In the order in which they are to be applied: what is mounted before who mounts it. */
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
  const { workload } = actor.spec;
  const labels = selectorLabels(actor);
  const sidecar = { name: "sidecar", image: platform.sidecarImage };
  const containers = [sidecar, ...workload.template.spec.containers];
  const { name } = actor.metadata;
  return {
    objects: [
      ownedObject(actor, { apiVersion: "v1", kind: "ServiceAccount" }, {
        automountServiceAccountToken: false,
      }),
      ownedObject(actor, { apiVersion: "apps/v1", kind: workload.type }, {
        spec: {
          ...(!actor.spec.scaling.enabled && { replicas: workload.replicas }),
          selector: { matchLabels: labels },
          template: {
            metadata: { ...workload.template.metadata, labels },
            spec: { ...workload.template.spec, serviceAccountName: name, containers },
          },
        },
      }),
    ],
    notes: [],
    mountsRuntime: false,
  };
}
