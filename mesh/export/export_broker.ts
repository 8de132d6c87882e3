import type { SettingsOf } from "@asya/program";
import type { transportSettings } from "@asya/transport";
import type { SecretKey } from "./exported.ts";
import { isThisMachine } from "./is_this_machine.ts";

/** How the actors of a cluster reach RabbitMQ, as an AsyncActor says it. */
export interface ExportedBroker {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly vhost: string;
  readonly passwordSecretRef: SecretKey;
  readonly tls?: { readonly enabled: true; readonly caSecretRef?: SecretKey };
}

/** A broker, and what is to be known about it. */
export interface BrokerExport {
  readonly broker: ExportedBroker;
  /** Settings that every program on it has to share, by variable. */
  readonly env: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** The broker's Service, where the mesh's own broker is no use to a cluster. */
const SERVICE = "rabbitmq";

/** What has the password of RabbitMQ. */
export const BROKER_SECRET: SecretKey = { name: "asya-rabbitmq", key: "password" };
const CA: SecretKey = { name: BROKER_SECRET.name, key: "ca.crt" };

/**
 * Says how a cluster's actors reach RabbitMQ. Its password is never part of that.
 *
 * @param config a broker's settings; nothing where messages are kept in a file
 */
export function exportBroker(
  config: SettingsOf<typeof transportSettings> | undefined,
): BrokerExport {
  if (config === undefined) {
    const note = `messages are kept in a file here, which pods cannot share: the actors look for ` +
      `RabbitMQ at ${SERVICE}:5672; another place is said with --transport amqp://USER@HOST:PORT`;
    return { broker: at(SERVICE, { port: 5672 }), env: {}, notes: [note] };
  }
  const url = config.rabbitmqUrl === undefined ? undefined : new URL(config.rabbitmqUrl);
  const isTls = url?.protocol === "amqps:";
  const written = url ? url.hostname : config.rabbitmqHost ?? SERVICE;
  const isLocal = isThisMachine(written);
  const port = url ? Number(url.port) || (isTls ? 5671 : 5672) : config.rabbitmqPort;
  const user = config.rabbitmqUsername ?? (decodeURIComponent(url?.username ?? "") || undefined);
  const path = decodeURIComponent(url?.pathname.slice(1) ?? "");
  const vhost = config.rabbitmqVhost ?? (path || undefined);
  const notes = [
    ...isLocal
      ? [
        `RabbitMQ is at ${written} here, which in a pod is the pod: it is looked for at ${SERVICE}`,
      ]
      : [],
    ...config.rabbitmqCaFile === undefined ? [] : [
      `the certificate of ASYA_RABBITMQ_CA_FILE is expected under ca.crt of the Secret ${CA.name}`,
    ],
    ...config.rabbitmqCertFile === undefined
      ? []
      : ["a certificate of our own (ASYA_RABBITMQ_CERT_FILE) has no field in an AsyncActor"],
  ];
  const hasCa = config.rabbitmqCaFile !== undefined;
  const broker = at(isLocal ? SERVICE : written, {
    port,
    ...(user !== undefined && { username: user }),
    ...(vhost !== undefined && { vhost }),
    ...(isTls && {
      tls: { enabled: true as const, ...(hasCa && { caSecretRef: CA }) },
    }),
  });
  return { broker, env: sharedEnv(config), notes };
}

function at(host: string, rest: Partial<ExportedBroker>): ExportedBroker {
  return {
    host,
    port: 5672,
    username: "asya",
    vhost: "/",
    passwordSecretRef: BROKER_SECRET,
    ...rest,
  };
}

/** What differs from the defaults and has to be the same on both sides of a queue. */
function sharedEnv(config: SettingsOf<typeof transportSettings>): Record<string, string> {
  const { rabbitmqExchange, rabbitmqQueueType } = config;
  return {
    ...(rabbitmqExchange !== "asya" && { ASYA_RABBITMQ_EXCHANGE: rabbitmqExchange }),
    ...(rabbitmqQueueType !== "classic" && { ASYA_RABBITMQ_QUEUE_TYPE: rabbitmqQueueType }),
  };
}
