/** What a span of an operation at a queue says of it. */
export type MessagingAttributes = Readonly<
  Record<
    | "messaging.system"
    | "messaging.operation.type"
    | "messaging.operation.name"
    | "messaging.destination.name",
    string
  >
>;

/**
 * What a span of an operation at a queue says of it, by OpenTelemetry's semantic conventions.
 *
 * @param system the transport's name
 * @param operation what is done there, in the conventions' words
 * @param queue the queue
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { messagingAttributes } from "@asya/transport";
 *
 * assert.deepEqual(messagingAttributes("rabbitmq", "send", "ocr"), {
 *   "messaging.system": "rabbitmq",
 *   "messaging.operation.type": "send",
 *   "messaging.operation.name": "send",
 *   "messaging.destination.name": "ocr",
 * });
 * ```
 */
export function messagingAttributes(
  system: string,
  operation: "send" | "receive" | "process",
  queue: string,
): MessagingAttributes {
  return {
    "messaging.system": system,
    "messaging.operation.type": operation,
    "messaging.operation.name": operation,
    "messaging.destination.name": queue,
  };
}
