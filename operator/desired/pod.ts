import type {
  AsyncActor,
  Container,
  PodSpec,
  PodTemplate,
  RabbitmqTransport,
  Volume,
} from "../actor/async_actor.ts";
import { recordOf } from "../actor/schema/record_of.ts";
import { collectorContainer, collectorFolder } from "./collector.ts";
import { collectorHash } from "./collector_config_map.ts";
import { connectionHash } from "./connection_secret.ts";
import {
  brokerCaFolders,
  runtimeFolders,
  sidecarFolder,
  socketFolder,
  tmpFolders,
} from "./folders.ts";
import { podGraceSeconds } from "./grace.ts";
import { installerContainer } from "./installer.ts";
import { RUNTIME_LABEL, selectorLabels } from "./names.ts";
import { type Folder, PodVolumes } from "./pod_volumes.ts";
import type { Platform } from "./platform.ts";
import { runtimeContainer, type RuntimePlace } from "./runtime_container.ts";
import { runtimeConfigMapName } from "./runtime_config_map.ts";
import { podSecurity, userSecurity } from "./security.ts";
import { sidecarContainer } from "./sidecar.ts";
import { readsOurFile, type Telemetry, telemetryOf } from "./telemetry.ts";
import { withoutNulls } from "./without_nulls.ts";

/** Changes with the connection Secret, so that pods which read another one are replaced. */
const CONNECTION = "asya.io/connection";

/** Changes with what the operator tells collectors to do. */
const COLLECTOR = "asya.io/otel-collector";

/** A pod of an actor. */
export interface Pod {
  readonly template: PodTemplate;
  /** Whether it mounts the namespace's ConfigMap with the runtime. */
  readonly mountsRuntime: boolean;
}

/**
 * The pod of an actor: the user's, with the sidecar and the runtime. What the user set stays.
 *
 * @param actor whose pod
 * @param place the container that serves the socket
 * @param rabbitmq the broker
 * @param platform images, permissions, the runtime
 */
export function podOf(
  actor: AsyncActor,
  place: RuntimePlace,
  rabbitmq: RabbitmqTransport,
  platform: Platform,
): Pod {
  const { spec } = actor;
  const user = spec.workload.template.spec;
  const { container, injection } = place;
  const volumes = new PodVolumes(user, spec.workload.volumeClaimTemplates.flatMap(claimName));
  const mountIn = (folders: readonly Folder[]) =>
    folders.map((folder) => volumes.mount(folder, container));
  const folder = socketFolder(spec.socket.path);
  const tmp = mountIn(tmpFolders(folder));
  const socket = mountIn([folder]);
  const runtime = mountIn(runtimeFolders(injection, platform));
  const own = [sidecarFolder(folder), ...brokerCaFolders(rabbitmq)].map((folder) =>
    volumes.mount(folder)
  );
  // A folder stands before those in it, which is the order to mount them in.
  const telemetry = telemetryOf(actor, platform);
  const sidecar = sidecarContainer(actor, rabbitmq, platform, [...own, ...socket], telemetry);
  const mounts = [...tmp, ...socket, ...runtime];
  const served = runtimeContainer(actor, place, platform, mounts, telemetry);
  const added = runtime.filter((mount) => !container.volumeMounts?.includes(mount));
  const secure = (theirs: Container): Container => ({
    ...(theirs === container ? served : theirs),
    securityContext: userSecurity(theirs.securityContext),
  });
  const { collector } = telemetry ?? {};
  const initContainers = [
    ...(collector
      ? [collectorContainer(actor, collector, platform, [volumes.mount(collectorFolder(actor))])]
      : []),
    ...(spec.sidecar.native ? [sidecar] : []),
    ...(injection === "binary" ? added.slice(0, 1) : []).map(({ name }) =>
      installerContainer(actor, platform, name)
    ),
    ...(user.initContainers ?? []).map(secure),
  ];
  const podSpec: PodSpec = {
    ...ownDefaults(actor),
    ...withoutNulls(user),
    securityContext: podSecurity(user.securityContext),
    ...(initContainers.length > 0 && { initContainers }),
    containers: [...(spec.sidecar.native ? [] : [sidecar]), ...user.containers.map(secure)],
    volumes: volumes.all,
  };
  const mountsRuntime = volumes.all.some((volume) => isRuntime(volume, platform));
  return {
    template: {
      metadata: podMetadata(actor, platform, { mountsRuntime, telemetry }),
      spec: podSpec,
    },
    mountsRuntime,
  };
}

/** Fields of the pod that hold unless the user says otherwise. */
function ownDefaults({ metadata, spec }: AsyncActor): Readonly<Record<string, unknown>> {
  const pod = spec.workload.template.spec;
  return {
    terminationGracePeriodSeconds: podGraceSeconds(spec),
    // A Service called asya-gateway would else set ASYA_GATEWAY_PORT, and others likewise.
    enableServiceLinks: false,
    // Under its former name alone, another account would not be heard of: the API server fills in
    // this one, which wins from then on.
    ...(hasOwnAccount(pod)
      ? { serviceAccountName: metadata.name, automountServiceAccountToken: false }
      : { serviceAccountName: pod.serviceAccount }),
    ...(spec.workload.type === "Job" && { restartPolicy: "OnFailure" }),
  };
}

/**
 * Whether the actor's pods run under the ServiceAccount that is made for them.
 *
 * @param pod as the user wrote it
 */
export function hasOwnAccount(pod: PodSpec): boolean {
  return (pod.serviceAccountName ?? pod.serviceAccount ?? undefined) === undefined;
}

function podMetadata(
  actor: AsyncActor,
  platform: Platform,
  { mountsRuntime, telemetry }: { mountsRuntime: boolean; telemetry: Telemetry | undefined },
): PodTemplate["metadata"] {
  const hasOurCollector = telemetry && readsOurFile(actor.spec.telemetry, telemetry);
  const { labels, annotations, ...rest } = actor.spec.workload.template.metadata ?? {};
  return {
    ...rest,
    labels: {
      ...labels,
      ...(mountsRuntime && { [RUNTIME_LABEL]: platform.runtimeHash }),
      ...selectorLabels(actor),
    },
    annotations: {
      ...annotations,
      [CONNECTION]: connectionHash(actor, platform),
      ...(hasOurCollector && { [COLLECTOR]: collectorHash(platform) }),
    },
  };
}

function isRuntime({ configMap }: Volume, platform: Platform): boolean {
  return recordOf(configMap).name === runtimeConfigMapName(platform);
}

function claimName({ metadata }: Readonly<Record<string, unknown>>): string[] {
  const { name } = recordOf(metadata);
  return typeof name === "string" ? [name] : [];
}
