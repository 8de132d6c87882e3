import { findRabbitmq } from "../tests/kit/rabbitmq.ts";
import { pause } from "../tests/kit/poll.ts";
import { openRabbitmq } from "./rabbitmq.ts";
import type { QueueType } from "./rabbitmq/queue_arguments.ts";
import { startRabbitmqChild } from "./testing/child_process.ts";
import { testTransport } from "./testing/transport_suite.ts";

const rabbitmq = await findRabbitmq();

for (const queueType of ["classic", "quorum"] satisfies QueueType[]) {
  testTransport(`rabbitmq, ${queueType}`, async () => {
    const vhost = await rabbitmq.createVhost();
    const address = { url: vhost.url };
    return {
      tellsAll: false,
      open: async (onEvent = () => {}) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const transport = openRabbitmq({
          address,
          queueType,
          onEvent: (event) => {
            if (event.kind === "connected") resolve();
            onEvent(event);
          },
        });
        await promise;
        return transport;
      },
      dieHolding: async (queue) => {
        const child = startRabbitmqChild("hold_rabbitmq_child.ts", vhost.url, queue);
        await child.lines.next();
        child.kill();
        await child.ended();
      },
      // A broker has no other time than ours.
      pass: pause,
      close: async () => await vhost[Symbol.asyncDispose](),
    };
  }, { ignore: rabbitmq.isMissing });
}
