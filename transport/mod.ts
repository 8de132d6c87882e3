/**
 * The broker's edge: one contract for durable queues, and the brokers that keep it.
 *
 * What a message means may not enter: bodies are bytes here, and nobody decides in this folder
 * where a message goes next or whether it is tried again.
 *
 * @module
 */
export type { Browsed, BrowsedMessage, Browser, LastVerdict, Look, Verdict } from "./browser.ts";
export * from "./clock.ts";
export * from "./config.ts";
export * from "./look_at_rabbitmq.ts";
export * from "./memory.ts";
export * from "./messaging_attributes.ts";
export * from "./open.ts";
export { openRabbitmq, type RabbitmqOptions } from "./rabbitmq.ts";
export {
  type AddressParts,
  type BrokerAddress,
  describeAddress,
} from "./rabbitmq/broker_address.ts";
export type { QueueAnswer } from "./rabbitmq/probe.ts";
export * from "./rabbitmq_address.ts";
export { DELAY_STEPS_S, delayQueueName } from "./rabbitmq/delay_ladder.ts";
export type { PemFile } from "./rabbitmq/check_tls.ts";
export type { TlsFiles } from "./rabbitmq/connect.ts";
export type { QueueType } from "./rabbitmq/queue_arguments.ts";
export { openSqlite, type SqliteOptions } from "./sqlite.ts";
export * from "./roster.ts";
export * from "./transport.ts";
export { TransportError, type TransportErrorCode } from "./transport_error.ts";
