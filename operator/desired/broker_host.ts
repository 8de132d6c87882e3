/**
 * A broker's host, as who is in another namespace has to call it: a name without a dot is a Service
 * beside the actor.
 *
 * @param namespace of the actor
 * @param host as the actor calls it
 * @example
 * ```ts
 * import { brokerHost } from "./broker_host.ts";
 * import assert from "node:assert/strict";
 * assert.equal(brokerHost("shop", "rabbitmq"), "rabbitmq.shop.svc");
 * assert.equal(brokerHost("shop", "rabbitmq.messaging"), "rabbitmq.messaging");
 * assert.equal(brokerHost("shop", "10.0.0.5"), "10.0.0.5");
 * assert.equal(brokerHost("shop", "localhost"), "localhost");
 * ```
 */
export function brokerHost(namespace: string, host: string): string {
  const isService = /^[a-z0-9-]+$/i.test(host) && host !== "localhost";
  return isService ? `${host}.${namespace}.svc` : host;
}
