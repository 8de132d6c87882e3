import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";

/** What the operator knows besides the actor: its own settings, and what the cluster has. */
export interface Platform {
  /** Of actors that name none. */
  readonly sidecarImage: string;
  /**
   * How that image is started: `flags` writes `deno run` with exactly what this actor needs,
   * `image` leaves it to the image's entry point. An image that the actor names starts itself.
   */
  readonly sidecarRun: "flags" | "image";
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

/** Makes {@linkcode Desired} of an actor; the same values for the same arguments. */
export type Desire = (actor: AsyncActor, platform: Platform) => Desired;
