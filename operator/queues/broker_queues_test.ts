import assert from "node:assert/strict";
import { type Clock, systemClock } from "@asya/transport";
import { freePort } from "../../tests/kit/free_port.ts";
import { poll } from "../../tests/kit/poll.ts";
import { findRabbitmq, type TestVhost } from "../../tests/kit/rabbitmq.ts";
import type { AsyncActor } from "../actor/async_actor.ts";
import { someActor } from "../reconcile/testing/some_actor.ts";
import { BrokerQueues } from "./broker_queues.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };

/** A clock whose timers end when they are told to. */
function createStoppedClock(): Clock & { readonly endWaits: () => void } {
  const waits = new Set<() => void>();
  return {
    ...systemClock,
    after: (_delayMs, callback) => {
      const wait = () => callback();
      waits.add(wait);
      return () => waits.delete(wait);
    },
    endWaits: () => waits.forEach((wait) => wait()),
  };
}

/** An actor whose queue is in a vhost. */
function actorIn(vhost: TestVhost, queueName: string, env: unknown[] = []): AsyncActor {
  const { hostname: host, port } = new URL(vhost.url);
  const broker = { host, port: Number(port), username: "guest", vhost: vhost.name };
  const transport = { type: "rabbitmq", rabbitmq: broker };
  return someActor({ spec: { queueName, transport, sidecar: { env } } });
}

/** Who is connected to a vhost. */
async function connectionsOf({ admin, name }: TestVhost): Promise<number> {
  return (await admin.get<unknown[]>(`vhosts/${name}/connections`)).length;
}

Deno.test(
  "[O5] queues: declared as the sidecar would, over one connection that ends unused",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    const clock = createStoppedClock();
    const queues = new BrokerQueues(clock);
    try {
      const quorum = [{ name: "ASYA_RABBITMQ_QUEUE_TYPE", value: "quorum" }];
      const secrets = { password: "guest" };
      const names = ["ocr", "extract", "ocr"];
      const declared = names.map((name) => queues.declare(actorIn(vhost, name), secrets));
      assert.deepEqual(await Promise.all(declared), [undefined, undefined, undefined]);
      await poll("one connection", async () => await connectionsOf(vhost) === 1);
      assert.equal(await queues.declare(actorIn(vhost, "judge", quorum), secrets), undefined);
      const made = (await vhost.admin.queues(vhost.name))
        .map(({ name, arguments: args }) => [name, args["x-queue-type"] ?? "classic"]);
      assert.deepEqual(made.sort(), [
        ["extract", "classic"],
        ["judge", "quorum"],
        ["ocr", "classic"],
      ]);
      clock.endWaits();
      await poll("no connection", async () => await connectionsOf(vhost) === 0);
    } finally {
      await queues.close();
    }
  },
);

Deno.test("[O5] queues: a password that changes is another connection", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  const queues = new BrokerQueues();
  try {
    const wrong = await queues.declare(actorIn(vhost, "ocr"), { password: "not-the-password" });
    assert.match(wrong ?? "", /ACCESS_REFUSED|403|refused|closed/i);
    assert.doesNotMatch(wrong ?? "", /not-the-password/);
    assert.equal(await queues.declare(actorIn(vhost, "ocr"), { password: "guest" }), undefined);
  } finally {
    await queues.close();
  }
});

Deno.test("[O5] queues: a broker that is away is a sentence, at once from then on", async () => {
  const clock = createStoppedClock();
  const queues = new BrokerQueues(clock);
  const port = freePort();
  const away = { type: "rabbitmq", rabbitmq: { host: "127.0.0.1", port } };
  const actor = someActor({ spec: { transport: away } });
  try {
    for (let time = 1; time <= 3; time++) {
      // The clock stands still: nothing is waited for.
      const sentence = await queues.declare(actor, { password: "a-password" });
      assert.match(
        sentence ?? "",
        new RegExp(`amqp://guest@127.0.0.1:${port}/%2F: .*ECONNREFUSED`),
      );
    }
  } finally {
    await queues.close();
  }
});

Deno.test("[O5] queues: a broker that says nothing is not waited for without end", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const clock = createStoppedClock();
  const queues = new BrokerQueues(clock);
  const silent = { type: "rabbitmq", rabbitmq: { host: "127.0.0.1", port: listener.addr.port } };
  try {
    const declaring = queues.declare(someActor({ spec: { transport: silent } }), {});
    using _connection = await listener.accept();
    clock.endWaits();
    assert.equal(await declaring, "the broker has not answered within 5000 ms");
  } finally {
    await queues.close();
  }
});
