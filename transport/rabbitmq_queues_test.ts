import { connect } from "amqplib";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { poll } from "../tests/kit/poll.ts";
import { findRabbitmq, type TestVhost } from "../tests/kit/rabbitmq.ts";
import { openInbox } from "./testing/inbox.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };

/** The arguments that each queue of a vhost was declared with. */
async function declaredArguments({ admin, name }: TestVhost): Promise<Record<string, unknown>> {
  const queues = await admin.queues(name);
  return Object.fromEntries(queues.map((queue) => [queue.name, queue.arguments]));
}

/** Who feeds a queue: exchanges and routing keys. */
async function bindingsOf({ admin, name }: TestVhost, queue: string): Promise<string[]> {
  const bindings = await admin.get<{ source: string; routing_key: string }[]>(
    `queues/${name}/${queue}/bindings`,
  );
  return bindings.filter(({ source }) => source !== "")
    .map(({ source, routing_key }) => `${source} ${routing_key}`.trim());
}

Deno.test(
  "rabbitmq: a classic queue is durable, bound by its name, without arguments",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["ocr"]);
    assert.deepEqual(await declaredArguments(vhost), { ocr: {} });
    assert.deepEqual(await bindingsOf(vhost, "ocr"), ["asya ocr"]);
    const { durable, type } = await vhost.admin.get<{ durable: boolean; type: string }>(
      `exchanges/${vhost.name}/asya`,
    );
    assert.deepEqual({ durable, type }, { durable: true, type: "topic" });
  },
);

Deno.test(
  "rabbitmq: a message of a quorum queue may be delivered any number of times",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url, { queueType: "quorum" });
    await client.transport.declare(["ocr"]);
    await client.publish("ocr", ["m1"]);
    const inbox = await openInbox(client.transport, "ocr", 1);
    // RabbitMQ 4 drops it after 20 where nothing is said.
    for (let delivery = 1; delivery <= 30; delivery++) await (await inbox.next()).requeue();
    await (await inbox.next()).ack();
  },
);

Deno.test("rabbitmq: before version 4 a delivery limit of -1 loses messages", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  const client = await connect(vhost.url);
  try {
    // This is why such a broker is not asked for it; a later one needs it.
    if (Number.parseInt(client.connection.serverProperties.version, 10) >= 4) return;
    await vhost.admin.put(`queues/${vhost.name}/ocr`, {
      durable: true,
      arguments: { "x-queue-type": "quorum", "x-delivery-limit": -1 },
    });
    const channel = await client.createConfirmChannel();
    channel.sendToQueue("ocr", Buffer.from("{}"));
    await channel.waitForConfirms();
    const message = await channel.get("ocr");
    assert.ok(message);
    channel.nack(message);
    await poll("an empty queue", async () => {
      const [queue] = await vhost.admin.queues(vhost.name);
      return queue !== undefined && queue.ready + queue.unacked === 0;
    });
    assert.equal(await channel.get("ocr"), false);
  } finally {
    await client.close();
  }
});

Deno.test(
  "rabbitmq: a queue that exists otherwise is used as it is, with one warning",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    const arguments_ = { "x-max-priority": 3 };
    await vhost.admin.put(`queues/${vhost.name}/ocr`, { durable: true, arguments: arguments_ });
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["ocr", "other"]);
    await client.transport.declare(["ocr"]);
    await vhost.admin.closeConnections(vhost.name);
    await client.sees("connected", 2);
    const warnings = client.seen("queue_used_as_is");
    assert.deepEqual(warnings.map(({ queue }) => queue), ["ocr"]);
    assert.match(warnings[0]?.reason ?? "", /x-max-priority/);
    assert.deepEqual(await client.publish("ocr", ["m1"]), ["confirmed"]);
    assert.equal((await (await openInbox(client.transport, "ocr", 1)).next()).messageId, "m1");
    assert.deepEqual((await declaredArguments(vhost)).ocr, arguments_);
  },
);

Deno.test("rabbitmq: an exchange of another type is used as it is", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await vhost.admin.put(`exchanges/${vhost.name}/asya`, { type: "direct", durable: true });
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["ocr"]);
  assert.deepEqual(client.seen("queue_used_as_is").map(({ queue }) => queue), ["asya"]);
  assert.deepEqual(await client.publish("ocr", ["m1"]), ["confirmed"]);
});

Deno.test("rabbitmq: who may not make queues uses those that there are", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using owner = await RabbitmqClient.open(vhost.url);
  await owner.transport.declare(["ocr"]);
  const username = vhost.name;
  await vhost.admin.put(`users/${username}`, { password: "secret", tags: "" });
  try {
    await vhost.admin.put(`permissions/${vhost.name}/${username}`, {
      configure: "^$",
      write: ".*",
      read: ".*",
    });
    const address = { url: vhost.url, username, password: "secret" };
    await using client = await RabbitmqClient.open(vhost.url, { address });
    await client.transport.declare(["ocr"]);
    assert.deepEqual(await client.publish("ocr", ["m1"]), ["confirmed"]);
    const declaring = client.transport.declare(["missing"]);
    const { queue, reason } = await client.sees("queue_refused");
    assert.equal(queue, "missing");
    assert.match(reason, /ACCESS_REFUSED/);
    await owner.transport.declare(["missing"]);
    await declaring;
  } finally {
    await vhost.admin.delete(`users/${username}`);
  }
});

Deno.test(
  "rabbitmq: who may only publish and take does so, delayed too, and hears of what is gone",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using owner = await RabbitmqClient.open(vhost.url);
    await owner.transport.declare(["ocr", "next"]);
    await owner.publish("next", ["m0"], { delayMs: 1_000 });
    const username = vhost.name;
    await vhost.admin.put(`users/${username}`, { password: "secret", tags: "" });
    try {
      await vhost.admin.put(`permissions/${vhost.name}/${username}`, {
        configure: "^$",
        write: "^asya",
        read: "^ocr$",
      });
      const address = { url: vhost.url, username, password: "secret" };
      await using client = await RabbitmqClient.open(vhost.url, { address });
      await client.transport.declare(["ocr", "next"]);
      const asTheyAre = new Set(client.seen("queue_used_as_is").map(({ queue }) => queue));
      assert.deepEqual([...asTheyAre], ["asya", "ocr", "next"]);
      const inbox = await openInbox(client.transport, "ocr", 1);
      assert.deepEqual(await client.publish("ocr", ["m1"], { delayMs: 1_000 }), ["confirmed"]);
      const taken = await inbox.next();
      assert.equal(taken.messageId, "m1");
      await taken.ack();
      const options = { prefetch: 1, onDelivery: () => {} };
      await assert.rejects(client.transport.consume("next", options), { code: "unusable" });
      await vhost.admin.delete(`queues/${vhost.name}/ocr`);
      const { queue, reason } = await client.sees("queue_refused");
      assert.equal(queue, "ocr");
      assert.match(reason, /ACCESS_REFUSED/);
      await owner.transport.declare(["ocr"]);
      await owner.publish("ocr", ["m2"]);
      assert.equal((await inbox.next()).messageId, "m2");
    } finally {
      await vhost.admin.delete(`users/${username}`);
    }
  },
);

Deno.test("rabbitmq: what shall make nothing makes nothing", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url, { create: false });
  assert.deepEqual(await client.publish("ocr", ["m1"]), ["unroutable"]);
  await vhost.admin.put(`exchanges/${vhost.name}/asya`, { type: "topic", durable: true });
  assert.deepEqual(await client.publish("ocr", ["m1"]), ["unroutable"]);
  await client.transport.declare(["ocr"]);
  assert.deepEqual(await client.publish("ocr", ["m1"]), ["confirmed"]);
  assert.deepEqual(await client.publish("ocr", ["m2"], { delayMs: 1_000 }), ["failed"]);
  assert.equal((await client.sees("queue_refused")).queue, "asya.delay.1s");
  await vhost.admin.put(`exchanges/${vhost.name}/asya.delay.2s`, { type: "fanout", durable: true });
  assert.deepEqual(await client.publish("ocr", ["m2"], { delayMs: 2_000 }), ["failed"]);
  assert.equal((await client.sees("queue_refused", 2)).queue, "asya.delay.2s");
  assert.deepEqual(Object.keys(await declaredArguments(vhost)), ["ocr"]);
});

for (
  const { queueType, suffix, more } of [
    { queueType: "classic", suffix: "", more: {} },
    {
      queueType: "quorum",
      suffix: ".quorum",
      more: {
        "x-queue-type": "quorum",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      },
    },
  ] as const
) {
  Deno.test(
    `[D7] rabbitmq, ${queueType}: a delayed message waits on the next step of the ladder`,
    needs,
    async () => {
      await using vhost = await rabbitmq.createVhost();
      await using client = await RabbitmqClient.open(vhost.url, { queueType });
      await client.transport.declare(["a", "b"]);
      const startMs = performance.now();
      assert.deepEqual(
        await client.transport.publish(([
          ["a", 600],
          ["b", 900],
          ["a", 1_001],
          ["b", 4_999_000],
          ["nowhere", 600],
        ] as const).map(([queue, delayMs]) => ({
          queue,
          delayMs,
          messageId: `${queue} ${delayMs}`,
          body: new Uint8Array(),
          headers: { traceparent: "00-1-2-01" },
        }))),
        ["confirmed", "confirmed", "confirmed", "confirmed", "unroutable"],
      );
      const [a, b] = [
        await openInbox(client.transport, "a", 9),
        await openInbox(client.transport, "b", 9),
      ];
      const first = await a.next();
      assert.equal(first.messageId, "a 600");
      assert.deepEqual(first.headers, { traceparent: "00-1-2-01" });
      assert.equal(first.redelivered, false);
      assert.equal((await b.next()).messageId, "b 900");
      assert.ok(performance.now() - startMs >= 999);
      assert.equal((await a.next()).messageId, "a 1001");
      assert.ok(performance.now() - startMs >= 1_999);
      assert.deepEqual(b.waiting, []);
      const declared = await declaredArguments(vhost);
      const steps = [1, 2, 3600].map((stepS) => `asya.delay.${stepS}s${suffix}`);
      assert.deepEqual(Object.keys(declared).sort(), ["a", ...steps, "b"].sort());
      assert.deepEqual(declared[`asya.delay.2s${suffix}`], {
        "x-message-ttl": 2_000,
        "x-dead-letter-exchange": "asya",
        ...more,
      });
      assert.deepEqual(await bindingsOf(vhost, `asya.delay.2s${suffix}`), [
        `asya.delay.2s${suffix}`,
      ]);
    },
  );
}

Deno.test("rabbitmq: a delay queue that is gone is made again", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  const delayed = { delayMs: 1_000 };
  assert.deepEqual(await client.publish("a", ["m1"], delayed), ["confirmed"]);
  const inbox = await openInbox(client.transport, "a", 1);
  await (await inbox.next()).ack();
  await vhost.admin.delete(`queues/${vhost.name}/asya.delay.1s`);
  assert.deepEqual(await client.publish("a", ["m2"], delayed), ["failed"]);
  assert.deepEqual(await client.publish("a", ["m3"], delayed), ["confirmed"]);
  await vhost.admin.delete(`exchanges/${vhost.name}/asya.delay.1s`);
  assert.deepEqual(await client.publish("a", ["m4"], delayed), ["failed"]);
  assert.match((await client.sees("publisher_ended")).reason, /asya\.delay\.1s/);
  assert.deepEqual(await client.publish("a", ["m5"], delayed), ["confirmed"]);
});

Deno.test(
  "rabbitmq: a queue that is deleted live is made again, and consumed from",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["a"]);
    const inbox = await openInbox(client.transport, "a", 1);
    await client.publish("a", ["m1"]);
    const held = await inbox.next();
    await vhost.admin.delete(`queues/${vhost.name}/a`);
    assert.match((await client.sees("consumer_ended")).reason, /deleted/);
    await poll(
      "a confirmed publish",
      async () => (await client.publish("a", ["m2"]))[0] === "confirmed",
    );
    await held.ack();
    const again = await inbox.next();
    assert.equal(again.messageId, "m2");
    await again.ack();
    assert.equal(client.transport.connected, true);
  },
);

Deno.test("rabbitmq: a queue of others that is deleted is waited for", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using owner = await RabbitmqClient.open(vhost.url);
  await using client = await RabbitmqClient.open(vhost.url);
  await owner.transport.declare(["a"]);
  const inbox = await openInbox(client.transport, "a", 1);
  await vhost.admin.delete(`queues/${vhost.name}/a`);
  await client.sees("consumer_ended");
  assert.equal(await client.transport.inspect("a"), undefined);
  await owner.transport.declare(["a"]);
  await owner.publish("a", ["m1"]);
  assert.equal((await inbox.next()).messageId, "m1");
});

for (const prefetch of [1, 10, 100]) {
  Deno.test(
    `[D14] rabbitmq: of 300 messages a prefetch of ${prefetch} holds as many`,
    needs,
    async () => {
      await using vhost = await rabbitmq.createVhost();
      await using client = await RabbitmqClient.open(vhost.url);
      await client.transport.declare(["a"]);
      await client.publish("a", Array.from({ length: 300 }, (_, index) => `m${index}`));
      const inbox = await openInbox(client.transport, "a", prefetch);
      const held = await inbox.take(prefetch);
      const counts = async () => {
        const [queue] = await vhost.admin.queues(vhost.name);
        return queue && [queue.ready, queue.unacked];
      };
      await poll("the broker's count", async () => (await counts())?.[1] === prefetch);
      assert.deepEqual(await counts(), [300 - prefetch, prefetch]);
      assert.equal((await client.transport.inspect("a"))?.consumers, 1);
      await inbox.consumer.pause();
      await inbox.consumer.resume();
      // Held still, so that nothing more may come.
      await held[0]?.ack();
      await inbox.next();
      assert.deepEqual(inbox.waiting, []);
    },
  );
}
