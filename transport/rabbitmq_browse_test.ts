/**
 * What is particular to looking through queues of RabbitMQ; testing/transport_suite.ts has the rest.
 *
 * @module
 */
import assert from "node:assert/strict";
import { poll } from "../tests/kit/poll.ts";
import { findRabbitmq } from "../tests/kit/rabbitmq.ts";
import { TcpProxy } from "../tests/kit/tcp_proxy.ts";
import { openInbox } from "./testing/inbox.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";
import type { Browser } from "./browser.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };

/** The identities of all that is in a queue. */
async function idsIn(transport: Browser, limit = 999): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  await transport.browse("a", limit, ({ messageId }) => {
    ids.push(messageId);
    return "keep";
  });
  return ids;
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

Deno.test(
  "[L1] rabbitmq: a connection that breaks amidst a look loses nothing",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    const url = new URL(vhost.url);
    await using proxy = new TcpProxy(Number(url.port));
    url.host = `127.0.0.1:${proxy.port}`;
    await using client = await RabbitmqClient.open(url.href);
    await client.transport.declare(["a"]);
    await client.publish("a", numbered(5));
    const breaking = client.transport.browse("a", 9, () => {
      proxy.cut();
      return client.sees("disconnected").then(() => "remove_and_end");
    });
    await assert.rejects(breaking, { code: "unreachable" });
    await client.sees("connected", 2);
    await assert.doesNotReject(
      poll("all five", async () => (await idsIn(client.transport)).length === 5),
    );
  },
);

Deno.test(
  "[L1] rabbitmq: where others consume, nobody looks, and they are told so",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await using other = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["a"]);
    const inbox = await openInbox(other.transport, "a", 1);
    await assert.rejects(client.transport.browse("a", 9, () => "remove"), { code: "in_use" });
    const waiting = idsIn(client.transport);
    await client.publish("a", ["m0"]);
    await (await inbox.next()).requeue();
    await inbox.consumer.close();
    await inbox.take(inbox.waiting.length).then((all) => Promise.all(all.map((one) => one.ack())));
    await waiting;
  },
);

for (const queueType of ["classic", "quorum"] as const) {
  Deno.test(
    `[L1] rabbitmq, ${queueType}: of a long queue no more than the limit is held`,
    needs,
    async () => {
      await using vhost = await rabbitmq.createVhost();
      await using client = await RabbitmqClient.open(vhost.url, { queueType });
      await client.transport.declare(["a"]);
      await client.publish("a", numbered(120));
      for (const limit of [1, 2, 50, 120]) {
        const browsed = await client.transport.browse("a", limit, () => "keep");
        assert.deepEqual(browsed, { looked: limit, reachedEnd: limit === 120 });
      }
      assert.deepEqual(await idsIn(client.transport), numbered(120));
      await client.transport.browse("a", 9, () => "end");
      // A quorum queue that has given all of them out puts those that come back behind the others.
      const ids = await idsIn(client.transport);
      const [moved, stayed] = [ids.slice(-9), ids.slice(0, -9)];
      assert.deepEqual(queueType === "classic" ? ids : [...moved, ...stayed], numbered(120));
    },
  );

  Deno.test(`[L1] rabbitmq, ${queueType}: who looks often wears nothing out`, needs, async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url, { queueType });
    await client.transport.declare(["a"]);
    const headers = { "x-team": "papers" };
    await client.publish("a", numbered(6), { headers });
    let greatest = 0;
    for (let look = 0; look < 25; look++) {
      const ids = await idsIn(client.transport);
      assert.deepEqual([...new Set(ids)].sort(), numbered(6), `look ${look}`);
      greatest = Math.max(greatest, ids.length);
    }
    const teams: (string | undefined)[] = [];
    await client.transport.browse("a", 99, ({ headers }) => {
      teams.push(headers["x-team"]);
      return "keep";
    });
    assert.deepEqual(teams, Array(6).fill("papers"));
    assert.ok(greatest <= 12, "each is put in anew once at a time");
    const inbox = await openInbox(client.transport, "a", 10);
    const taken = await inbox.take(6);
    assert.deepEqual(taken.map(({ messageId }) => messageId), numbered(6));
    await Promise.all(taken.map((delivery) => delivery.ack()));
    assert.deepEqual(inbox.waiting, []);
  });
}

Deno.test(
  "[L1] rabbitmq: a queue that drops what is given out too often drops nothing that is looked at",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url, { queueType: "quorum" });
    const limits = { "x-queue-type": "quorum", "x-delivery-limit": 20 };
    await vhost.admin.put(`queues/${vhost.name}/a`, { durable: true, arguments: limits });
    await client.transport.declare(["a"]);
    await client.publish("a", ["m0"]);
    for (let look = 0; look < 30; look++) {
      assert.deepEqual([...new Set(await idsIn(client.transport))], ["m0"], `look ${look}`);
    }
  },
);

Deno.test(
  "[L1] rabbitmq: who ends a look early drops nothing that was given out with it, and moves nothing",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url, { queueType: "quorum" });
    const limits = { "x-queue-type": "quorum", "x-delivery-limit": 20 };
    await vhost.admin.put(`queues/${vhost.name}/a`, { durable: true, arguments: limits });
    await client.transport.declare(["a"]);
    await client.publish("a", numbered(60));
    for (let look = 0; look < 30; look++) {
      let first: string | undefined;
      await client.transport.browse("a", 99, ({ messageId }) => {
        first = messageId;
        return look % 2 === 0 ? "end" : Promise.resolve("remove_and_end");
      });
      assert.equal(first, `m${Math.floor(look / 2)}`, `look ${look}`);
    }
    assert.deepEqual(await idsIn(client.transport), numbered(60).slice(15));
  },
);

Deno.test("[L1] rabbitmq: large messages are looked at one by one", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using client = await RabbitmqClient.open(vhost.url);
  await client.transport.declare(["a"]);
  const body = new Uint8Array(16 * 1024 * 1024).fill(7);
  const outcomes = await client.transport.publish(
    numbered(12).map((messageId) => ({ queue: "a", messageId, body })),
  );
  assert.deepEqual([...new Set(outcomes)], ["confirmed"]);
  const before = Deno.memoryUsage().rss;
  let most = 0;
  await client.transport.browse("a", 99, ({ body }) => {
    assert.equal(body.length, 16 * 1024 * 1024);
    most = Math.max(most, Deno.memoryUsage().rss - before);
    return "keep";
  });
  // All of them together would take 192 MiB.
  assert.ok(most < 128 * 1024 * 1024, `${most} bytes more`);
});
