import { parseSettings } from "@asya/program";
import { consumerSettings, type RabbitmqOptions, transportSettings } from "@asya/transport";
import type { AsyncActor, RabbitmqTransport } from "../actor/async_actor.ts";
import { brokerHost } from "../desired/broker_host.ts";
import type { BrokerSecrets } from "../reconcile/cluster.ts";

/** Where an actor's queue is, and how it is made. */
export interface QueuePlace {
  readonly queue: string;
  readonly broker: Pick<RabbitmqOptions, "address" | "tls" | "exchange" | "queueType">;
}

/** What follows from an actor for its queue. */
export type Placed =
  | { readonly kind: "declared"; readonly place: QueuePlace }
  /** Its sidecar makes no queue: others do, and know how. */
  | { readonly kind: "left_to_others" }
  /** Nobody can say how it is to be made. */
  | { readonly kind: "unknown"; readonly reason: string };

/** The settings of a sidecar that decide how its queue is made. */
const MAKING = {
  exchange: transportSettings.rabbitmqExchange,
  queueType: transportSettings.rabbitmqQueueType,
  create: consumerSettings.queueCreate,
};

/**
 * Where an actor's queue is, and how its sidecar would declare it: RabbitMQ refuses a declaration
 * that differs from an earlier one.
 *
 * @param actor whose queue
 * @param secrets what the Secrets say that it names
 */
export function placeQueue({ metadata, spec }: AsyncActor, secrets: BrokerSecrets): Placed {
  const { transport, queueName, sidecar } = spec;
  if (transport.type !== "rabbitmq") {
    return {
      kind: "unknown",
      reason: `no queues are made in a transport of type ${transport.type}`,
    };
  }
  const names = Object.values(MAKING).map(({ env }) => env);
  const given = sidecar.env.filter(({ name }) => names.includes(name));
  const hidden = given.find(({ valueFrom }) => valueFrom !== undefined);
  if (hidden) {
    const reason = `${hidden.name} of the sidecar has a valueFrom; allowed: a value, which says ` +
      "how its queue is made";
    return { kind: "unknown", reason };
  }
  const env = Object.fromEntries(given.map(({ name, value }) => [name, value ?? ""]));
  const parsed = parseSettings(MAKING, env);
  if (!parsed.ok) return { kind: "unknown", reason: parsed.problems.join("; ") };
  const { create, exchange, queueType } = parsed.config;
  if (create === "none") return { kind: "left_to_others" };
  const { rabbitmq } = transport;
  const { tls } = rabbitmq;
  const broker = {
    address: addressOf(metadata.namespace, rabbitmq, secrets.password),
    ...(tls.enabled && secrets.ca !== undefined && {
      tls: { ca: { path: `the Secret ${tls.caSecretRef?.name}`, text: secrets.ca } },
    }),
    ...{ exchange, queueType },
  };
  return { kind: "declared", place: { queue: queueName, broker } };
}

function addressOf(
  namespace: string,
  { host, port, username, vhost, tls }: RabbitmqTransport,
  password: string | undefined,
): RabbitmqOptions["address"] {
  return {
    // Says nothing but whether to speak TLS; the parts beside it count more.
    url: tls.enabled ? "amqps:" : "amqp:",
    host: brokerHost(namespace, host),
    ...{ port, username, vhost },
    ...(password !== undefined && { password }),
  };
}
