import type { Config } from "./config.ts";
import type { Platform } from "./desired/platform.ts";
import collectorFiles from "./collector_files.json" with { type: "json" };
import podPermissions from "./pod_permissions.json" with { type: "json" };
import type { RuntimeBundle } from "./read_bundle.ts";

/**
 * What the operator knows besides actors, but for what the cluster has.
 *
 * @param config the values of its settings
 * @param bundle the runtime's files
 */
export function platformOf(config: Config, bundle: RuntimeBundle): Omit<Platform, "hasKeda"> {
  const { sidecarImage, sidecarRun, runtimeImage, gatewayUrl, internalToken } = config;
  const { collectorImage, telemetryEndpoint } = config;
  return {
    ...{ sidecarImage, sidecarRun, runtimeImage },
    permissions: podPermissions,
    telemetry: {
      isOn: config.telemetryEnabled,
      ...(telemetryEndpoint !== undefined && { endpoint: telemetryEndpoint }),
    },
    collectorImage,
    collectorFiles,
    runtimeFiles: bundle.files,
    runtimeHash: bundle.hash,
    ...(gatewayUrl !== undefined && { gatewayUrl }),
    ...(internalToken !== undefined && { internalToken }),
  };
}
