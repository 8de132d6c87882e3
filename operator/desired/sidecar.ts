import type {
  AsyncActor,
  Container,
  RabbitmqTransport,
  VolumeMount,
} from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import { mergeEnv } from "./environment.ts";
import { sidecarFolder, socketFolder } from "./folders.ts";
import { metricsPlace } from "./metrics_port.ts";
import { denoCommand } from "./program_flags.ts";
import { ownSecurity } from "./security.ts";
import { pairEnv, plain, sidecarEnv } from "./sidecar_env.ts";
import type { Telemetry } from "./telemetry.ts";
import { telemetryEnv } from "./telemetry_env.ts";

/** The sidecar's program in its image. */
const MAIN = "/opt/asya/sidecar/main.js";

/** The container's name. */
const NAME = "sidecar";

/** The port's name, which PodMonitors select. */
const PORT = "asya-metrics";

/**
 * The container that carries messages between the actor's queue and its handler.
 *
 * @param actor whose it is
 * @param rabbitmq its broker
 * @param platform image, permissions, gateway
 * @param mounts the socket's folder, and what else it reads
 * @param telemetry where it sends what it tells, if anywhere
 */
export function sidecarContainer(
  actor: AsyncActor,
  rabbitmq: RabbitmqTransport,
  platform: Platform,
  mounts: readonly VolumeMount[],
  telemetry?: Telemetry,
): Container {
  const { spec } = actor;
  const { sidecar, workload } = spec;
  const { address, port } = metricsPlace(spec);
  const ours = [
    ...sidecarEnv(actor, rabbitmq, platform, address),
    ...pairEnv(spec),
    ...telemetryEnv(actor, { service: "asya-sidecar", container: NAME }, telemetry),
    plain("DENO_DIR", `${sidecarFolder(socketFolder(spec.socket.path)).path}/deno`),
  ];
  const env = mergeEnv(ours, sidecar.env);
  return {
    name: NAME,
    image: sidecar.image ?? platform.sidecarImage,
    imagePullPolicy: sidecar.imagePullPolicy,
    ...(hasFlags(actor, platform) &&
      { command: denoCommand(MAIN, platform.permissions.sidecar, env) }),
    env,
    ...(port !== undefined && {
      ports: [{ name: PORT, containerPort: port, protocol: "TCP" }],
      ...probes,
    }),
    ...(sidecar.resources && { resources: sidecar.resources }),
    securityContext: ownSecurity(workload.template.spec.securityContext),
    volumeMounts: mounts,
    ...(sidecar.native && { restartPolicy: "Always" }),
  };
}

/**
 * Whether the sidecar is started with the permissions that this actor needs: an image that the actor
 * names may start anything; of ours it is known.
 *
 * @param actor whose it is
 * @param platform how our image is started
 */
export function hasFlags({ spec }: AsyncActor, { sidecarRun }: Platform): boolean {
  return spec.sidecar.image === undefined && sidecarRun === "flags";
}

/**
 * It is started once it serves; alive while it turns; ready while it has the broker and the handler,
 * which no restart of it would bring back.
 */
const probes = {
  startupProbe: { ...probe("/livez"), periodSeconds: 1, failureThreshold: 60 },
  livenessProbe: { ...probe("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
};

function probe(path: string) {
  return { httpGet: { path, port: PORT } };
}
