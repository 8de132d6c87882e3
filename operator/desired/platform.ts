import type { BakedPermissions } from "@asya/program";

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
  /** Twelve hexadecimal digits of those files' hash; empty where the operator has no files. */
  readonly runtimeHash: string;
  /** Of actors whose `telemetry` leaves it open. */
  readonly telemetry: {
    /** Whether they send, and not only those that say so. */
    readonly isOn: boolean;
    /** Who takes OTLP over HTTP. */
    readonly endpoint?: string;
  };
  /** Of collectors of actors that name none. */
  readonly collectorImage: string;
  /** What a collector does, where an actor does not say it: a file by its name. */
  readonly collectorFiles: Readonly<Record<string, string>>;
  readonly gatewayUrl?: string;
  readonly internalToken?: string;
  /** Whether the cluster knows KEDA's kinds. */
  readonly hasKeda: boolean;
}
