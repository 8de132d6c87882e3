import type { TransportConfig } from "./config.ts";
import { rabbitmqAddress } from "./rabbitmq_address.ts";

/** What carries messages, as spans tell of it. */
export interface MessagingSystem {
  /** The transport's name. */
  readonly name: string;
  /** Where its broker is, where there is one. */
  readonly server?: { readonly hostname: string; readonly port: number };
}

/** What a span of an operation at a queue says of it. */
export type MessagingAttributes = Readonly<Record<string, string | number>>;

/**
 * What the settings make carry messages.
 *
 * @param config the values of `transportSettings`
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSettings } from "@asya/program";
 * import { messagingSystem, transportSettings } from "@asya/transport";
 *
 * const url = "amqp://me:secret@broker/prod";
 * const parsed = parseSettings(transportSettings, { ASYA_RABBITMQ_URL: url });
 * assert(parsed.ok);
 * assert.deepEqual(messagingSystem(parsed.config), {
 *   name: "rabbitmq",
 *   server: { hostname: "broker", port: 5672 },
 * });
 * ```
 */
export function messagingSystem(config: TransportConfig): MessagingSystem {
  const { transport: name } = config;
  if (name !== "rabbitmq") return { name };
  const { hostname, port } = rabbitmqAddress(config);
  return { name, server: { hostname, port } };
}

/**
 * What a span of an operation at a queue says of it, by OpenTelemetry's semantic conventions. The
 * queue is the destination on every transport; a send to RabbitMQ tells its routing key too, which
 * nobody knows who receives.
 *
 * @param system what carries the message
 * @param operation what is done there, in the conventions' words
 * @param queue the queue
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { messagingAttributes } from "@asya/transport";
 *
 * assert.deepEqual(messagingAttributes({ name: "sqlite" }, "process", "ocr"), {
 *   "messaging.system": "sqlite",
 *   "messaging.operation.type": "process",
 *   "messaging.operation.name": "process",
 *   "messaging.destination.name": "ocr",
 * });
 * ```
 */
export function messagingAttributes(
  { name, server }: MessagingSystem,
  operation: "send" | "receive" | "process",
  queue: string,
): MessagingAttributes {
  const isRouted = name === "rabbitmq" && operation === "send";
  return {
    "messaging.system": name,
    "messaging.operation.type": operation,
    "messaging.operation.name": operation,
    "messaging.destination.name": queue,
    ...(isRouted && { "messaging.rabbitmq.destination.routing_key": queue }),
    ...(server && { "server.address": server.hostname, "server.port": server.port }),
  };
}
