import type { Browser } from "./browser.ts";
import type { ConsumerConfig, TransportConfig } from "./config.ts";
import { createMemoryBroker } from "./memory.ts";
import { openRabbitmq } from "./rabbitmq.ts";
import { addressParts } from "./rabbitmq_address.ts";
import { openSqlite } from "./sqlite.ts";
import type { Transport, TransportEvent } from "./transport.ts";

/**
 * Opens the transport that the settings ask for.
 *
 * @param config the values of `transportSettings`, and of `consumerSettings` where there are any
 * @param onEvent is told what happens to the transport; must not throw
 * @throws {TransportError} `unusable`, with what to do about it
 * @example
 * ```ts
 * import { openTransport, transportSettings } from "@asya/transport";
 * import { parseSettings } from "@asya/program";
 * import assert from "node:assert/strict";
 *
 * const parsed = parseSettings(transportSettings, { ASYA_TRANSPORT: "memory" });
 * assert(parsed.ok);
 * const transport = await openTransport(parsed.config, () => {});
 * assert.equal(transport.connected, true);
 * await transport.close();
 * ```
 */
export async function openTransport(
  config: TransportConfig & Partial<ConsumerConfig>,
  onEvent: (event: TransportEvent) => void,
): Promise<Transport & Browser> {
  switch (config.transport) {
    case "rabbitmq":
      return openRabbitmq({
        address: addressParts(config),
        tls: {
          ca: config.rabbitmqCaFile,
          cert: config.rabbitmqCertFile,
          key: config.rabbitmqKeyFile,
        },
        exchange: config.rabbitmqExchange,
        queueType: config.rabbitmqQueueType,
        // Who takes no messages makes nothing: not even the exchange, which comes with a queue.
        create: (config.queueCreate ?? "none") !== "none",
        onEvent,
      });
    case "sqlite":
      return await openSqlite({ path: config.sqlitePath, onEvent });
    case "memory":
      return createMemoryBroker().connect(onEvent);
  }
}
