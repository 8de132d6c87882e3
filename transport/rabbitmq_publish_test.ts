import assert from "node:assert/strict";
import { poll } from "../tests/kit/poll.ts";
import { findRabbitmq } from "../tests/kit/rabbitmq.ts";
import { openInbox } from "./testing/inbox.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };
const MEBIBYTE = 1024 * 1024;

Deno.test("rabbitmq: of a thousand messages each has its own outcome", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  const queues = Array.from({ length: 1_000 }, (_, index) => index % 3 === 0 ? "nowhere" : "a");
  const outcomes = await client.transport.publish(
    queues.map((queue, index) => ({ queue, messageId: `m${index}`, body: new Uint8Array(10) })),
  );
  const expected = queues.map((queue) => queue === "a" ? "confirmed" : "unroutable");
  assert.deepEqual(outcomes, expected);
});

Deno.test(
  "rabbitmq: a returned message is told from others of the same identity",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["a"]);
    const outcomes = await client.transport.publish(
      ["a", "nowhere", "a"].map((queue) => ({ queue, messageId: "m1", body: new Uint8Array() })),
    );
    assert.deepEqual(outcomes, ["confirmed", "unroutable", "confirmed"]);
  },
);

Deno.test("rabbitmq: a name that no queue can have is unroutable", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  const long = "ö".repeat(128);
  assert.deepEqual(await client.publish(long, ["m1"]), ["unroutable"]);
  assert.deepEqual(await client.publish(long, ["m2"], { delayMs: 1 }), ["unroutable"]);
  assert.deepEqual(await client.publish("a", ["m3"]), ["confirmed"]);
});

Deno.test("rabbitmq: more than may be in flight waits its turn", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url, { maxInFlightBytes: 4 * MEBIBYTE });
  await client.transport.declare(["a"]);
  const sizes = [1, 1, 1, 1, 1, 1, 1, 1, 16, 1, 16, 1];
  const outcomes = await client.transport.publish(
    sizes.map((size, index) => ({
      queue: "a",
      messageId: `m${index}`,
      body: new Uint8Array(size * MEBIBYTE).fill(index),
    })),
  );
  assert.deepEqual(new Set(outcomes), new Set(["confirmed"]));
  const inbox = await openInbox(client.transport, "a", 4);
  for (const [index, size] of sizes.entries()) {
    const { body, ack } = await inbox.next();
    assert.equal(body.length, size * MEBIBYTE);
    assert.ok(body.every((byte) => byte === index));
    await ack();
  }
});

Deno.test("rabbitmq: an exchange that is deleted live is made again", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  await vhost.admin.delete(`exchanges/${vhost.name}/asya`);
  const outcomes = await client.publish("a", ["m1", "m2"]);
  assert.deepEqual(outcomes, ["failed", "failed"]);
  assert.match((await client.sees("publisher_ended")).reason, /NOT_FOUND.*asya/);
  assert.deepEqual(await client.publish("a", ["m3"]), ["unroutable"], "its bindings are gone too");
  await client.transport.declare(["a"]);
  assert.deepEqual(await client.publish("a", ["m3"]), ["confirmed"]);
});

Deno.test("rabbitmq: a queue that is full refuses, and takes messages again", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await vhost.admin.put(`queues/${vhost.name}/a`, {
    durable: true,
    arguments: { "x-max-length": 1, "x-overflow": "reject-publish" },
  });
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  assert.deepEqual(await client.publish("a", ["m1"]), ["confirmed"]);
  await poll("a refusal", async () => (await client.publish("a", ["m2"]))[0] === "failed");
  const inbox = await openInbox(client.transport, "a", 10);
  await (await inbox.next()).ack();
  await poll("a confirm", async () => (await client.publish("a", ["m3"]))[0] === "confirmed");
});

Deno.test("rabbitmq: an exchange of another name carries a mesh of its own", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url, { exchange: "ours" });
  await client.transport.declare(["a"]);
  assert.deepEqual(await client.publish("a", ["m1"], { delayMs: 1 }), ["confirmed"]);
  await (await openInbox(client.transport, "a", 1)).next();
  await assert.rejects(vhost.admin.get(`exchanges/${vhost.name}/asya`), /404/);
});
