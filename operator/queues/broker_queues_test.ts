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
    // The clock stands still from here on: nothing is waited for.
    const again = await queues.declare(someActor({ spec: { transport: silent } }), {});
    assert.equal(again, "the broker has not answered within 5000 ms");
    const other = someActor({ spec: { queueName: "other", transport: silent } });
    assert.equal(await queues.declare(other, {}), again);
  } finally {
    await queues.close();
  }
});

Deno.test("[O5] queues: many brokers that say nothing are waited for with less patience", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const waits: number[] = [];
  const clock = createStoppedClock();
  const after: Clock["after"] = (delayMs, callback) => {
    waits.push(delayMs);
    return clock.after(delayMs, callback);
  };
  const queues = new BrokerQueues({ ...clock, after });
  const { port } = listener.addr;
  try {
    const declaring = Array.from({ length: 6 }, (_, at) => {
      const broker = { host: "127.0.0.1", port, vhost: `v${at}` };
      const transport = { type: "rabbitmq", rabbitmq: broker };
      return queues.declare(someActor({ spec: { transport } }), {});
    });
    assert.deepEqual(waits, [5_000, 5_000, 5_000, 5_000, 250, 250]);
    clock.endWaits();
    assert.equal((await Promise.all(declaring)).filter((one) => one !== undefined).length, 6);
  } finally {
    await queues.close();
  }
});

Deno.test("[O5] queues: of more than a hundred connections, the one unused for longest ends", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const clock = createStoppedClock();
  const queues = new BrokerQueues(clock);
  const { port } = listener.addr;
  const ended = Promise.withResolvers<void>();
  let open = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      open++;
      void connection.readable.pipeTo(new WritableStream()).catch(() => {}).then(() => {
        if (--open === 100) ended.resolve();
      });
    }
  })();
  try {
    const declaring = Array.from({ length: 101 }, (_, at) => {
      const broker = { host: "127.0.0.1", port, vhost: `v${at}` };
      return queues.declare(
        someActor({ spec: { transport: { type: "rabbitmq", rabbitmq: broker } } }),
        {},
      );
    });
    await poll("all connections", () => Promise.resolve(open === 101));
    clock.endWaits();
    await Promise.all(declaring);
    const first = { host: "127.0.0.1", port, vhost: "v0" };
    await queues.declare(
      someActor({ spec: { transport: { type: "rabbitmq", rabbitmq: first } } }),
      {},
    );
    await ended.promise;
  } finally {
    await queues.close();
    listener.close();
    await accepting;
  }
});
