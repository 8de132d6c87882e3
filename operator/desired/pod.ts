import type {
  AsyncActor,
  Container,
  PodSpec,
  PodTemplate,
  RabbitmqTransport,
  Volume,
} from "../actor/async_actor.ts";
import { connectionHash } from "./connection_secret.ts";
import type { Platform } from "./platform.ts";
import { installerContainer } from "./installer.ts";
import { RUNTIME_LABEL, selectorLabels } from "./names.ts";
import { type Folder, PodVolumes } from "./pod_volumes.ts";
import { OUR_FOLDER, runtimeContainer, type RuntimePlace } from "./runtime_container.ts";
import { runtimeConfigMapName } from "./runtime_config_map.ts";
import { podSecurity, userSecurity } from "./security.ts";
import { sidecarContainer } from "./sidecar.ts";
import { BROKER_CA } from "./sidecar_env.ts";

/** Changes with the connection Secret, so that pods which read another one are replaced. */
const CONNECTION = "asya.io/connection";

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
  const shared = sharedFolders(spec.socket.path).map((folder) => volumes.mount(folder, container));
  const runtime = runtimeFolders(injection, platform).map((folder) =>
    volumes.mount(folder, container)
  );
  const added = runtime.filter((mount) => !container.volumeMounts?.includes(mount));
  const brokerCa = brokerCaFolders(rabbitmq).map((folder) => volumes.mount(folder));
  const grace = graceSeconds(actor);
  const sidecar = sidecarContainer(actor, rabbitmq, platform, [...shared, ...brokerCa], grace);
  const served = runtimeContainer(actor, place, platform, [...shared, ...runtime], grace);
  const secure = (theirs: Container): Container => ({
    ...(theirs === container ? served : theirs),
    securityContext: userSecurity(
      theirs.securityContext,
      user.securityContext,
      theirs === container && injection !== "none",
    ),
  });
  const initContainers = [
    ...(spec.sidecar.native ? [sidecar] : []),
    ...(injection === "binary" ? added.slice(0, 1) : []).map(({ name }) =>
      installerContainer(actor, platform, name)
    ),
    ...(user.initContainers ?? []).map(secure),
  ];
  const podSpec: PodSpec = {
    ...ownDefaults(actor),
    ...user,
    securityContext: podSecurity(user.securityContext),
    ...(initContainers.length > 0 && { initContainers }),
    containers: [...(spec.sidecar.native ? [] : [sidecar]), ...user.containers.map(secure)],
    volumes: volumes.all,
  };
  const mountsRuntime = volumes.all.some((volume) => isRuntime(volume, platform));
  return {
    template: { metadata: podMetadata(actor, platform, mountsRuntime), spec: podSpec },
    mountsRuntime,
  };
}

/**
 * Seconds that a pod gets to end: what its template says, or else the actor.
 *
 * @param actor whose pod
 */
export function graceSeconds({ spec }: AsyncActor): number {
  const { terminationGracePeriodSeconds: said } = spec.workload.template.spec;
  return typeof said === "number" ? said : spec.timeout.gracefulShutdown;
}

/** Fields of the pod that hold unless the user says otherwise. */
function ownDefaults({ metadata, spec }: AsyncActor): Readonly<Record<string, unknown>> {
  return {
    terminationGracePeriodSeconds: spec.timeout.gracefulShutdown,
    // A Service called asya-gateway would else set ASYA_GATEWAY_PORT, and others likewise.
    enableServiceLinks: false,
    ...(hasOwnAccount(spec.workload.template.spec) && {
      serviceAccountName: metadata.name,
      automountServiceAccountToken: false,
    }),
    ...(spec.workload.type === "Job" && { restartPolicy: "OnFailure" }),
  };
}

/**
 * Whether the actor's pods run under the ServiceAccount that is made for them.
 *
 * @param pod as the user wrote it
 */
export function hasOwnAccount(pod: PodSpec): boolean {
  return (pod.serviceAccountName ?? pod.serviceAccount) === undefined;
}

function podMetadata(
  actor: AsyncActor,
  platform: Platform,
  mountsRuntime: boolean,
): PodTemplate["metadata"] {
  const { labels, annotations } = actor.spec.workload.template.metadata ?? {};
  return {
    labels: {
      ...labels,
      ...(mountsRuntime && { [RUNTIME_LABEL]: platform.runtimeHash }),
      ...selectorLabels(actor),
    },
    annotations: { ...annotations, [CONNECTION]: connectionHash(actor, platform) },
  };
}

/** What the sidecar and the runtime both see: the socket's folder, and a place to write. */
function sharedFolders(socketPath: string): Folder[] {
  const path = socketPath.slice(0, socketPath.lastIndexOf("/"));
  const socket: Folder = {
    path,
    volume: { name: "socket-dir", emptyDir: {} },
    isTheirsByName: true,
  };
  const tmp: Folder = { path: "/tmp", volume: { name: "tmp", emptyDir: {} }, isTheirsByName: true };
  // A folder stands before those in it, which is how they are mounted.
  return path === tmp.path ? [socket] : [tmp, socket];
}

function runtimeFolders(injection: RuntimePlace["injection"], platform: Platform): Folder[] {
  const path = `${OUR_FOLDER}/runtime`;
  switch (injection) {
    case "configmap": {
      const configMap = { name: runtimeConfigMapName(platform) };
      return [{ path, volume: { name: "asya-runtime", configMap }, isReadOnly: true }];
    }
    case "binary": {
      const volume = { name: "asya-runtime", emptyDir: {} };
      // Not the folder above both: what else an image has there stays.
      return [
        { path: `${OUR_FOLDER}/bin`, volume, subPath: "bin", isReadOnly: true },
        { path, volume, subPath: "runtime", isReadOnly: true },
      ];
    }
    case "none":
      return [];
  }
}

function brokerCaFolders({ tls }: RabbitmqTransport): Folder[] {
  if (!tls.enabled || !tls.caSecretRef) return [];
  const { name: secretName, key } = tls.caSecretRef;
  const items = [{ key, path: BROKER_CA.file }];
  const volume = { name: "asya-broker-ca", secret: { secretName, items } };
  return [{ path: BROKER_CA.folder, volume, isReadOnly: true }];
}

function isRuntime({ configMap }: Volume, platform: Platform): boolean {
  return typeof configMap === "object" && configMap !== null && "name" in configMap &&
    configMap.name === runtimeConfigMapName(platform);
}

function claimName({ metadata }: Readonly<Record<string, unknown>>): string[] {
  const hasName = typeof metadata === "object" && metadata !== null && "name" in metadata;
  return hasName && typeof metadata.name === "string" ? [metadata.name] : [];
}
