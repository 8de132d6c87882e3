import type { AsyncActor, Container, EnvVar, VolumeMount } from "../actor/async_actor.ts";
import { metricsPlace } from "./metrics_port.ts";
import { secretName } from "./names.ts";
import type { Platform } from "./platform.ts";
import type { Folder } from "./pod_volumes.ts";
import { ownSecurity } from "./security.ts";
import { fromSecret, plain } from "./sidecar_env.ts";
import type { Collector } from "./telemetry.ts";
import { podEnv } from "./telemetry_env.ts";

/** The name of the container. */
export const COLLECTOR = "otel-collector";

/** Where it has its configuration. */
const FOLDER = "/etc/otel-collector";

const FILE = "collector.yaml";

/** Laid over our file, it keeps the collector from reading the sidecar's metrics. */
const WITHOUT_SCRAPING = "--config=yaml:service::pipelines::metrics::receivers: [otlp]";

/** The port's name, which the probe goes to. */
const PORT = "otel-health";

/** What it asks for and may use, where the actor does not say it. */
const RESOURCES = {
  requests: { cpu: "20m", memory: "64Mi" },
  limits: { memory: "256Mi" },
};

/**
 * The collector of an actor's pod. It starts before the programs and ends after them, as native
 * sidecars do: nothing of what they tell at their end is lost, and no Job is kept from ending. Work
 * does not wait for it: it has no probe of its start or its readiness.
 *
 * @param actor whose pod
 * @param collector its ports, and who takes what it hands on
 * @param platform the image
 * @param mounts its configuration
 */
export function collectorContainer(
  actor: AsyncActor,
  collector: Collector,
  platform: Platform,
  mounts: readonly VolumeMount[],
): Container {
  const { sidecar, telemetry, workload } = actor.spec;
  const { image = platform.collectorImage, resources = RESOURCES } = telemetry.collector;
  const readsFile = telemetry.collector.configMapRef === undefined;
  return {
    name: COLLECTOR,
    image,
    imagePullPolicy: sidecar.imagePullPolicy,
    args: [
      `--config=${FOLDER}/${FILE}`,
      ...(readsFile && !telemetry.metrics ? [WITHOUT_SCRAPING] : []),
    ],
    env: collectorEnv(actor, collector),
    ports: [{ name: PORT, containerPort: collector.healthPort, protocol: "TCP" }],
    livenessProbe: {
      httpGet: { path: "/", port: PORT },
      initialDelaySeconds: 15,
      periodSeconds: 15,
      timeoutSeconds: 5,
      failureThreshold: 4,
    },
    resources,
    securityContext: ownSecurity(workload.template.spec.securityContext),
    volumeMounts: mounts,
    restartPolicy: "Always",
  };
}

/** What stands in `${env:…}` of its configuration. */
function collectorEnv(actor: AsyncActor, collector: Collector): EnvVar[] {
  const { metadata, spec } = actor;
  const { headersSecretRef } = spec.telemetry.collector;
  const { exportEndpoint, otlpPort, healthPort } = collector;
  const { inPod } = metricsPlace(spec);
  return [
    ...podEnv(actor),
    plain("K8S_NAMESPACE_NAME", metadata.namespace),
    plain("COLLECTOR_OTLP_PORT", String(otlpPort)),
    plain("COLLECTOR_HEALTH_PORT", String(healthPort)),
    ...(inPod === undefined ? [] : [plain("COLLECTOR_SCRAPE_TARGET", inPod)]),
    ...(exportEndpoint === undefined ? [] : [plain("COLLECTOR_EXPORT_ENDPOINT", exportEndpoint)]),
    headersSecretRef
      ? fromSecret("COLLECTOR_EXPORT_HEADERS", headersSecretRef)
      : plain("COLLECTOR_EXPORT_HEADERS", "{}"),
  ];
}

/**
 * Where the collector has its configuration: of the operator, or of the user.
 *
 * @param actor whose collector
 */
export function collectorFolder(actor: AsyncActor): Folder {
  const { name, key } = actor.spec.telemetry.collector.configMapRef ??
    { name: secretName(actor), key: FILE };
  const configMap = { name, items: [{ key, path: FILE }] };
  return { path: FOLDER, volume: { name: COLLECTOR, configMap }, isReadOnly: true };
}
