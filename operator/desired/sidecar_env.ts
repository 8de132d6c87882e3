import { formatAddress, formatDuration } from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";
import type {
  ActorSpec,
  AsyncActor,
  EnvVar,
  RabbitmqTransport,
  SecretKey,
} from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import { literally } from "./environment.ts";
import { workGraceSeconds } from "./grace.ts";
import { SECRET_KEYS, secretName } from "./names.ts";

/** Where the sidecar finds who may vouch for the broker. */
export const BROKER_CA = { folder: "/opt/asya/broker-ca", file: "ca.pem" } as const;

/**
 * Settings that the sidecar and the runtime have in common.
 *
 * @param spec of the actor
 */
export function pairEnv(spec: ActorSpec): EnvVar[] {
  const { happyEnd, errorEnd } = TERMINAL_QUEUES;
  const isTerminal = spec.queueName === happyEnd || spec.queueName === errorEnd;
  return [
    plain("ASYA_SOCKET_PATH", spec.socket.path),
    plain("ASYA_RUNTIME_TIMEOUT", formatDuration(spec.timeout.processing * 1_000)),
    plain("ASYA_MAX_FRAME_BYTES", spec.socket.maxSize),
    plain("ASYA_SHUTDOWN_GRACE", `${workGraceSeconds(spec)}s`),
    ...(isTerminal ? [plain("ASYA_IS_TERMINAL", "true")] : []),
  ];
}

/**
 * Settings of the sidecar alone.
 *
 * @param actor whose sidecar
 * @param rabbitmq its broker
 * @param platform where the gateway is
 * @param metricsAddress where it serves; not there where the user says it
 */
export function sidecarEnv(
  actor: AsyncActor,
  rabbitmq: RabbitmqTransport,
  platform: Platform,
  metricsAddress: string | undefined,
): EnvVar[] {
  const { gatewayUrl, internalToken } = platform;
  const secret = secretName(actor);
  const password = rabbitmq.passwordSecretRef ?? { name: secret, key: SECRET_KEYS.password };
  return [
    plain("ASYA_QUEUE_NAME", actor.spec.queueName),
    plain("ASYA_ACTOR_NAME", actor.metadata.name),
    ...brokerEnv(rabbitmq),
    fromSecret("ASYA_RABBITMQ_PASSWORD", password),
    ...(gatewayUrl === undefined ? [] : [plain("ASYA_GATEWAY_URL", gatewayUrl)]),
    ...(internalToken === undefined
      ? []
      : [fromSecret("ASYA_INTERNAL_TOKEN", { name: secret, key: SECRET_KEYS.internalToken })]),
    ...(metricsAddress === undefined ? [] : [plain("ASYA_METRICS_ADDR", metricsAddress)]),
  ];
}

function brokerEnv({ host, port, username, vhost, tls }: RabbitmqTransport): EnvVar[] {
  const who = [
    plain("ASYA_RABBITMQ_USERNAME", username),
    plain("ASYA_RABBITMQ_VHOST", vhost),
  ];
  if (!tls.enabled) {
    return [plain("ASYA_RABBITMQ_HOST", host), plain("ASYA_RABBITMQ_PORT", String(port)), ...who];
  }
  const address = formatAddress({ hostname: host, port });
  const ca = `${BROKER_CA.folder}/${BROKER_CA.file}`;
  return [
    plain("ASYA_RABBITMQ_URL", `amqps://${address}`),
    ...who,
    ...(tls.caSecretRef ? [plain("ASYA_RABBITMQ_CA_FILE", ca)] : []),
  ];
}

/**
 * A variable whose value is taken as it stands.
 *
 * @param name of the variable
 * @param value any text
 */
export function plain(name: string, value: string): EnvVar {
  return { name, value: literally(value) };
}

/**
 * A variable whose value is an entry of a Secret.
 *
 * @param name of the variable
 * @param secretKeyRef which entry
 */
export function fromSecret(name: string, secretKeyRef: SecretKey): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretKeyRef.name, key: secretKeyRef.key } } };
}
