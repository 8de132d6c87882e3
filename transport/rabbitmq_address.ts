import type { TransportConfig } from "./config.ts";
import { type AddressParts, type BrokerAddress, createAddress } from "./rabbitmq/broker_address.ts";

/**
 * Where a RabbitMQ is and who comes to it, as the settings name the parts.
 *
 * @param config the settings
 */
export function addressParts(config: TransportConfig): AddressParts {
  return {
    ...(config.rabbitmqHost === undefined
      ? { url: config.rabbitmqUrl }
      : { host: config.rabbitmqHost, port: config.rabbitmqPort }),
    username: config.rabbitmqUsername,
    password: config.rabbitmqPassword,
    vhost: config.rabbitmqVhost,
  };
}

/**
 * The same put together, with RabbitMQ's own defaults.
 *
 * @param config the settings
 */
export function rabbitmqAddress(config: TransportConfig): BrokerAddress {
  return createAddress(addressParts(config));
}
