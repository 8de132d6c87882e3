import assert from "node:assert/strict";
import { freePort } from "../tests/kit/free_port.ts";
import { poll } from "../tests/kit/poll.ts";
import { findRabbitmq, type TestVhost } from "../tests/kit/rabbitmq.ts";
import { TcpProxy } from "../tests/kit/tcp_proxy.ts";
import { openInbox, patiently } from "./testing/inbox.ts";
import { createRandom } from "./testing/random.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.isMissing };

/** The way to a vhost that leads through a proxy. */
function through(proxy: TcpProxy, { url }: TestVhost, more = ""): string {
  const detour = new URL(url);
  detour.hostname = "127.0.0.1";
  detour.port = String(proxy.port);
  return detour.href + more;
}

function proxyTo({ url }: TestVhost): TcpProxy {
  return new TcpProxy(Number(new URL(url).port));
}

Deno.test(
  "[D2] rabbitmq: a connection that the broker ends is made again, with its consumers",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using client = await RabbitmqClient.open(vhost.url);
    await client.transport.declare(["a"]);
    const inbox = await openInbox(client.transport, "a", 2);
    await client.publish("a", ["m1", "m2", "m3"]);
    const held = await inbox.take(2);
    await vhost.admin.closeConnections(vhost.name);
    assert.match((await client.sees("disconnected")).reason, /CONNECTION[-_]FORCED/);
    await client.sees("connected", 2);
    // Both come back, and nobody died of them.
    const again = await inbox.take(2);
    assert.deepEqual(again.map(({ messageId }) => messageId), ["m1", "m2"]);
    assert.deepEqual(again.map(({ redelivered }) => redelivered), [false, false]);
    for (const delivery of held) await delivery.ack();
    assert.deepEqual(client.seen("hold_lost"), [
      { kind: "hold_lost", queue: "a", messageId: "m1" },
      { kind: "hold_lost", queue: "a", messageId: "m2" },
    ]);
    await again[0]?.requeue();
    const third = await inbox.next();
    assert.equal(third.redelivered, third.messageId === "m1");
    assert.deepEqual(await client.publish("a", ["m4"]), ["confirmed"]);
  },
);

Deno.test(
  "rabbitmq: what others held when they lost their connection is redelivered",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using proxy = proxyTo(vhost);
    await using one = await RabbitmqClient.open(through(proxy, vhost));
    await using other = await RabbitmqClient.open(vhost.url);
    await one.transport.declare(["a"]);
    await one.publish("a", ["m1"]);
    await (await openInbox(one.transport, "a", 1)).next();
    proxy.takeDown();
    const delivery = await (await openInbox(other.transport, "a", 1)).next();
    assert.equal(delivery.redelivered, true);
  },
);

Deno.test(
  "rabbitmq: while the broker is away publishing fails, and the rest waits",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using proxy = proxyTo(vhost);
    await using client = await RabbitmqClient.open(through(proxy, vhost));
    proxy.takeDown();
    const { retryInMs } = await client.sees("disconnected");
    assert.ok(retryInMs > 0);
    assert.equal(client.transport.connected, false);
    assert.deepEqual(await client.publish("a", ["m1", "m2"]), ["failed", "failed"]);
    await assert.rejects(client.transport.inspect("a"), { code: "unreachable" });
    const declaring = client.transport.declare(["a"]);
    const consuming = declaring.then(() => openInbox(client.transport, "a", 1));
    await poll("a few tries", () => proxy.accepted > 4);
    proxy.restore();
    const inbox = await consuming;
    assert.deepEqual(await client.publish("a", ["m3"]), ["confirmed"]);
    assert.equal((await inbox.next()).messageId, "m3");
    assert.deepEqual(client.events.map(({ kind }) => kind).slice(0, 2), [
      "connected",
      "disconnected",
    ]);
  },
);

Deno.test("rabbitmq: a transport closes while a broker accepts and says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const accepting = listener.accept();
  const client = new RabbitmqClient({ address: { host: "127.0.0.1", port: listener.addr.port } });
  using peer = await accepting;
  assert.ok(await peer.read(new Uint8Array(8)), "the client begins");
  await client.transport.close();
  assert.equal(await peer.read(new Uint8Array(8)), null, "nothing is left open");
});

Deno.test("rabbitmq: a transport closes while the broker is away", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  await using proxy = proxyTo(vhost);
  await using client = await RabbitmqClient.open(through(proxy, vhost));
  await client.transport.declare(["a"]);
  const inbox = await openInbox(client.transport, "a", 1);
  proxy.takeDown();
  await client.sees("disconnected");
  const waiting = assert.rejects(client.transport.declare(["b"]), { code: "closed" });
  await client.transport.close();
  await waiting;
  await inbox.consumer.resume();
  await inbox.consumer.close();
});

Deno.test(
  "rabbitmq: a broker that falls silent is left after a few heartbeats",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using proxy = proxyTo(vhost);
    await using client = await RabbitmqClient.open(through(proxy, vhost, "?heartbeat=1"));
    await client.transport.declare(["a"]);
    proxy.freeze();
    const publishing = client.publish("a", ["m1"]);
    assert.match((await client.sees("disconnected")).reason, /[Hh]eartbeat/);
    assert.deepEqual(await publishing, ["failed"]);
    proxy.cut();
    proxy.thaw();
    await client.sees("connected", 2);
  },
);

Deno.test(
  "rabbitmq: a confirm that does not come is not waited for without end",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    await using proxy = proxyTo(vhost);
    await using client = await RabbitmqClient.open(through(proxy, vhost, "?heartbeat=0"), {
      confirmLimitMs: 1_000,
    });
    await client.transport.declare(["a"]);
    proxy.freeze();
    assert.deepEqual(await client.publish("a", ["m1", "m2"]), ["failed", "failed"]);
    await assert.rejects(client.transport.inspect("a"), { code: "unreachable" });
    proxy.thaw();
    await poll(
      "a confirmed publish",
      async () => (await client.publish("a", ["m3"]))[0] === "confirmed",
    );
  },
);

Deno.test(
  "[C2] rabbitmq: wrong credentials are told without the password, and tried again",
  needs,
  async () => {
    await using vhost = await rabbitmq.createVhost();
    const username = vhost.name;
    const url = new URL(vhost.url);
    Object.assign(url, { username, password: "s3cret" });
    await using client = new RabbitmqClient({ address: { url: url.href } });
    const declaring = client.transport.declare(["a"]);
    const { reason } = await client.sees("disconnected");
    assert.match(reason, /ACCESS_REFUSED/);
    assert.match(reason, new RegExp(`${username}@127\\.0\\.0\\.1:\\d+/${vhost.name}`));
    assert.doesNotMatch(reason, /s3cret/);
    await vhost.admin.put(`users/${username}`, { password: "s3cret", tags: "" });
    try {
      const all = { configure: ".*", write: ".*", read: ".*" };
      await vhost.admin.put(`permissions/${vhost.name}/${username}`, all);
      await declaring;
      assert.deepEqual(await client.publish("a", ["m1"]), ["confirmed"]);
    } finally {
      await client.transport.close();
      await vhost.admin.delete(`users/${username}`);
    }
  },
);

Deno.test("rabbitmq: a vhost that is not there yet is waited for", needs, async () => {
  await using vhost = await rabbitmq.createVhost();
  const name = `${vhost.name}/later`;
  await using client = new RabbitmqClient({ address: { url: vhost.url, vhost: name } });
  const { reason } = await client.sees("disconnected");
  assert.ok(reason.includes(encodeURIComponent(name)), reason);
  await vhost.admin.put(`vhosts/${encodeURIComponent(name)}`);
  try {
    await client.sees("connected");
  } finally {
    await client.transport.close();
    await vhost.admin.delete(`vhosts/${encodeURIComponent(name)}`);
  }
});

Deno.test(
  "[D2] rabbitmq: of ten thousand messages none is lost while connections are cut",
  needs,
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = createRandom(seed);
    await using vhost = await rabbitmq.createVhost();
    await using proxy = proxyTo(vhost);
    await using publisher = await RabbitmqClient.open(through(proxy, vhost));
    await using consumer = await RabbitmqClient.open(through(proxy, vhost));
    await publisher.transport.declare(["a"]);
    const ids = Array.from({ length: 10_000 }, (_, index) => `m${index}`);
    const seen = new Map<string | undefined, number>();
    const done = Promise.withResolvers<void>();
    await consumer.transport.consume("a", {
      prefetch: 50,
      onDelivery: async (delivery) => {
        seen.set(delivery.messageId, (seen.get(delivery.messageId) ?? 0) + 1);
        await delivery.ack();
        if (seen.size === ids.length) done.resolve();
      },
    });
    let cuts = 0;
    for (let left = ids; left.length > 0;) {
      const batch = left.slice(0, 100 + Math.floor(random() * 900));
      const publishing = publisher.publish("a", batch);
      if (cuts < 8 && random() < 0.5) {
        cuts += 1;
        proxy.cut();
      }
      const outcomes = await publishing;
      const confirmed = new Set(batch.filter((_, index) => outcomes[index] === "confirmed"));
      left = left.filter((id) => !confirmed.has(id));
      if (confirmed.size < batch.length) {
        await poll(
          "the connection",
          () => publisher.transport.connected,
        );
      }
    }
    await patiently(done.promise, `the last of ${ids.length} messages; the seed is ${seed}`);
    assert.ok(cuts > 0 && publisher.seen("disconnected").length > 0, `no cut; the seed is ${seed}`);
    const twice = [...seen.values()].filter((times) => times > 1).length;
    assert.ok(twice <= cuts * 1_050, `${twice} came twice after ${cuts} cuts; the seed is ${seed}`);
  },
);
