import { connect } from "amqplib";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { findRabbitmq, type TestVhost } from "../tests/kit/rabbitmq.ts";
import { openInbox } from "./testing/inbox.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };

/** A message as the broker's management interface shows it. */
interface ShownMessage {
  readonly properties: Readonly<Record<string, unknown>>;
}

async function shown({ admin, name }: TestVhost, queue: string): Promise<ShownMessage[]> {
  return await admin.post(`queues/${name}/${queue}/get`, {
    count: 10,
    ackmode: "ack_requeue_false",
    encoding: "auto",
  });
}

Deno.test("[W12] rabbitmq: what is published says what it is", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  const beganS = Math.floor(Date.now() / 1_000);
  await client.publish("a", ["m1"], { headers: { traceparent: "00-1-2-01" } });
  await client.publish("a", ["m2"], { headers: { baggage: "x".repeat(70_000), traceparent: "t" } });
  await client.publish("a", ["m3"]);
  const messages = await shown(vhost, "a");
  for (const [index, { properties }] of messages.entries()) {
    const { message_id, timestamp, content_type, delivery_mode } = properties;
    assert.deepEqual([message_id, content_type, delivery_mode], [
      `m${index + 1}`,
      "application/json",
      2,
    ]);
    assert.ok(Number(timestamp) >= beganS && Number(timestamp) <= Date.now() / 1_000);
  }
  assert.deepEqual(messages.map(({ properties }) => properties.headers), [
    { traceparent: "00-1-2-01" },
    { traceparent: "t" },
    {},
  ]);
});

Deno.test(
  "[W13] rabbitmq: whatever properties a stranger sets, a message is taken",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["a"]);
    const inbox = await openInbox(client.transport, "a", 10);
    const stranger = await connect(vhost.url);
    try {
      const channel = await stranger.createConfirmChannel();
      const odd = {
        nothing: null,
        yes: true,
        small: { "!": "uint8", value: 200 },
        large: { "!": "int64", value: 2 ** 62 },
        real: 0.5,
        float: { "!": "float", value: 0.5 },
        money: { "!": "decimal", value: { places: 2, digits: 314 } },
        time: { "!": "timestamp", value: 2 ** 60 },
        bytes: Buffer.from([0xff, 0x00]),
        list: [1, "two", [{ three: 3 }]],
        table: { deep: { deeper: ["x"] } },
      };
      const headers = { ...odd, traceparent: "00-1-2-01", empty: "" };
      channel.publish("asya", "a", Buffer.from("1"), {
        headers,
        timestamp: 2 ** 62,
        messageId: "",
      });
      channel.publish("asya", "a", Buffer.from("2"), {
        ...{
          priority: 9,
          expiration: "60000",
          type: "t",
          appId: "x",
          replyTo: "r",
          correlationId: "c",
        },
        ...{ contentType: "text/plain", contentEncoding: "gzip", persistent: false },
      });
      await channel.waitForConfirms();
    } finally {
      await stranger.close();
    }
    const [first, second] = [await inbox.next(), await inbox.next()];
    assert.deepEqual(first.headers, { traceparent: "00-1-2-01", empty: "" });
    assert.deepEqual([first.messageId, first.timestamp], ["", undefined]);
    assert.deepEqual([second.headers, second.messageId, second.timestamp], [
      {},
      undefined,
      undefined,
    ]);
    await first.ack();
    await second.ack();
  },
);
