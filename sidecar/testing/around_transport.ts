import type { Transport } from "@asya/transport";

/** A transport that does what another one does, but for some changes. */
export function aroundTransport(transport: Transport, change: Partial<Transport>): Transport {
  return {
    connected: transport.connected,
    declare: (queues) => transport.declare(queues),
    publish: (messages) => transport.publish(messages),
    consume: (queue, options) => transport.consume(queue, options),
    inspect: (queue) => transport.inspect(queue),
    close: () => transport.close(),
    ...change,
  };
}
