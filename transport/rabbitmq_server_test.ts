import assert from "node:assert/strict";
import { makeCertificates, type TestCertificates } from "../tests/kit/certificates.ts";
import { poll } from "../tests/kit/poll.ts";
import { findRabbitmq, type TestServer } from "../tests/kit/rabbitmq.ts";
import { makeTempFolder, type TempFolder } from "../tests/kit/temp_folder.ts";
import { openInbox } from "./testing/inbox.ts";
import { RabbitmqClient } from "./testing/rabbitmq_client.ts";

const rabbitmq = await findRabbitmq();
const needs = { ignore: rabbitmq.hasNoServer };

/** The one broker of this file, and who may come to it over TLS. */
interface Own {
  readonly server: TestServer;
  readonly folder: TempFolder;
  readonly certificates: TestCertificates;
  readonly url: string;
}

let starting: Promise<Own> | undefined;

/** Starts the broker of this file with its first test. */
function findOwn(): Promise<Own> {
  return starting ??= (async () => {
    const folder = await makeTempFolder();
    const certificates = await makeCertificates(folder.path);
    const { ca, server: { cert, key } } = certificates;
    const server = await rabbitmq.createServer({ tls: { ca, cert, key } });
    await server.start();
    const url = `amqp://guest:guest@127.0.0.1:${server.ports.amqp}/`;
    return { server, folder, certificates, url };
  })();
}

Deno.test.afterAll(async () => {
  const own = await starting;
  await own?.server[Symbol.asyncDispose]();
  await own?.folder[Symbol.asyncDispose]();
});

/** Sets what can be set while it runs. */
async function configure(server: TestServer, settings: Record<string, number>): Promise<void> {
  const calls = Object.entries(settings).map(([name, value]) =>
    `application:set_env(rabbit, ${name}, ${value})`
  );
  await server.control("eval", `${calls.join(", ")}.`);
}

/** Publishes until everything is confirmed, as the contract asks of whoever publishes. */
async function publishAll(
  client: RabbitmqClient,
  queue: string,
  ids: readonly string[],
  delayMs?: number,
): Promise<void> {
  let left = ids;
  await poll(`${ids.length} confirmed messages`, async () => {
    const outcomes = await client.publish(queue, left, delayMs === undefined ? {} : { delayMs });
    left = left.filter((_, index) => outcomes[index] !== "confirmed");
    return left.length === 0;
  }, { timeoutMs: 60_000 });
}

/** Takes messages until each of them has come. */
async function takeAll(
  client: RabbitmqClient,
  queue: string,
  ids: readonly string[],
): Promise<void> {
  const missing = new Set(ids);
  const consumer = await client.transport.consume(queue, {
    prefetch: 100,
    onDelivery: async (delivery) => {
      missing.delete(delivery.messageId ?? "");
      await delivery.ack();
    },
  });
  await poll(`${ids.length} messages`, () => missing.size === 0, { timeoutMs: 60_000 });
  await consumer.close();
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

Deno.test(
  "[D2] rabbitmq: a broker that is stopped, or killed, and comes back",
  needs,
  async (test) => {
    const { server, url } = await findOwn();
    for (const end of ["stop", "kill"] as const) {
      await test.step(end, async () => {
        await using stack = new AsyncDisposableStack();
        const both = await Promise.all((["classic", "quorum"] as const).map(async (queueType) => {
          const queue = `${queueType}-${end}`;
          const client = stack.use(await RabbitmqClient.open(url, { queueType }));
          await client.transport.declare([queue, `${queue}-idle`]);
          const idle = await openInbox(client.transport, `${queue}-idle`, 10);
          await publishAll(client, queue, numbered("before-", 500));
          await publishAll(client, queue, numbered("delayed-", 500), 5_000);
          return { client, queue, idle };
        }));
        // RabbitMQ 3 writes half a second later where a new quorum queue has its files.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        const publishing = both.map(({ client, queue }) =>
          publishAll(client, queue, numbered("during-", 500))
        );
        await server[end]();
        await Promise.all(both.map(({ client }) => client.sees("disconnected")));
        await server.start();
        const backMs = performance.now();
        await Promise.all(both.map(({ client }) => client.sees("connected", 2)));
        const lateMs = performance.now() - backMs;
        assert.ok(lateMs < 5_000, `it took ${lateMs} ms to find the broker`);
        await Promise.all(publishing);
        await Promise.all(both.map(async ({ client, queue, idle }) => {
          const sent = ["before-", "during-", "delayed-"].flatMap((prefix) =>
            numbered(prefix, 500)
          );
          await takeAll(client, queue, sent);
          await publishAll(client, `${queue}-idle`, ["m1"]);
          assert.equal((await idle.next()).messageId, "m1");
          assert.ok(client.seen("disconnected").length <= 3, "it tells what is new, not each try");
        }));
      });
    }
  },
);

Deno.test(
  "rabbitmq: a broker that is short of memory takes no messages until it has some",
  needs,
  async () => {
    const { server, url } = await findOwn();
    await using client = await RabbitmqClient.open(url, { confirmLimitMs: 1_000 });
    await client.transport.declare(["short"]);
    await client.publish("short", ["m0"]);
    await server.control("set_vm_memory_high_watermark", "absolute", "1");
    // The broker tells a connection when it publishes.
    let isDone = false;
    const first = client.publish("short", ["m1"]).finally(() => isDone = true);
    assert.match((await client.sees("blocked")).reason, /memory/);
    const second = client.publish("short", ["m2"]);
    // Longer than a confirm is waited for otherwise.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(isDone, false);
    await server.control("set_vm_memory_high_watermark", "0.4");
    await client.sees("unblocked");
    assert.deepEqual([...await first, ...await second], ["confirmed", "confirmed"]);
    assert.deepEqual(client.seen("disconnected"), []);

    await server.control("set_vm_memory_high_watermark", "absolute", "1");
    const last = client.publish("short", ["m3"]);
    await client.sees("blocked", 2);
    await client.transport.close();
    assert.deepEqual(await last, ["failed"], "a transport closes while the broker takes nothing");
    await server.control("set_vm_memory_high_watermark", "0.4");
  },
);

Deno.test(
  "rabbitmq: a message that is worked on longer than the broker waits comes again",
  needs,
  async () => {
    const { server, url } = await findOwn();
    // How long it waits, and how often it looks; a channel learns it when it is opened.
    await configure(server, { consumer_timeout: 1_000, channel_tick_interval: 1_000 });
    await using client = await RabbitmqClient.open(url);
    await client.transport.declare(["slow"]);
    await client.publish("slow", ["m1"]);
    const inbox = await openInbox(client.transport, "slow", 1);
    const held = await inbox.next();
    const { queue, reason } = await client.sees("consumer_ended");
    assert.equal(queue, "slow");
    assert.match(reason, /timed out/);
    await held.ack();
    assert.equal(client.seen("hold_lost").length, 1);
    const again = await inbox.next();
    assert.equal(again.redelivered, true);
    await again.ack();
    await configure(server, { consumer_timeout: 1_800_000, channel_tick_interval: 60_000 });
  },
);

Deno.test(
  "[W5] rabbitmq: a broker of short frames and few channels is enough",
  needs,
  async () => {
    const { server, url } = await findOwn();
    await configure(server, { frame_max: 4_096, channel_max: 5 });
    try {
      await using client = await RabbitmqClient.open(url);
      await client.transport.declare(["narrow"]);
      const inbox = await openInbox(client.transport, "narrow", 1);
      const body = crypto.getRandomValues(new Uint8Array(60_000));
      const headers = { "asya-failure": "x".repeat(3_000), baggage: "y".repeat(60_000) };
      for (const delayMs of [0, 1_000]) {
        const more = { body, headers, delayMs };
        assert.deepEqual(await client.publish("narrow", ["m1"], more), ["confirmed"]);
        const taken = await inbox.next();
        assert.deepEqual(taken.body, body);
        assert.deepEqual(Object.keys(taken.headers), ["asya-failure"]);
        await taken.ack();
      }
      assert.deepEqual(client.seen("disconnected"), []);
    } finally {
      await configure(server, { frame_max: 131_072, channel_max: 2_047 });
    }
  },
);

Deno.test(
  "[D7] rabbitmq, quorum: a message waits for its queue that was deleted meanwhile",
  needs,
  async () => {
    const { server, url } = await findOwn();
    // How soon the broker tries again to hand on what it could not.
    await configure(server, { dead_letter_worker_publisher_confirm_timeout: 1_000 });
    await using client = await RabbitmqClient.open(url, { queueType: "quorum" });
    await client.transport.declare(["deleted"]);
    await publishAll(client, "deleted", numbered("m", 100), 2_000);
    const waiting = async () => (await client.transport.inspect("asya.delay.2s.quorum"))?.ready;
    assert.equal(await waiting(), 100);
    await server.admin.delete("queues/%2f/deleted");
    await poll("the end of the delay", async () => await waiting() === 0);
    // The broker tries to hand them on, and tries again.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await client.transport.declare(["deleted"]);
    await takeAll(client, "deleted", numbered("m", 100));
  },
);

Deno.test(
  "rabbitmq: TLS with an authority of our own, and a certificate on each side",
  needs,
  async () => {
    const { server, folder, certificates: { ca, client: own } } = await findOwn();
    const url = `amqps://guest:guest@localhost:${server.ports.amqps}/`;
    {
      await using client = await RabbitmqClient.open(url, { tls: { ca, ...own } });
      await client.transport.declare(["tls"]);
      assert.deepEqual(await client.publish("tls", ["m1"]), ["confirmed"]);
      assert.equal((await (await openInbox(client.transport, "tls", 1)).next()).messageId, "m1");
    }
    {
      const text = await Deno.readTextFile(ca);
      const tls = { ca: { path: "a Secret", text }, ...own };
      await using client = await RabbitmqClient.open(url, { tls });
      assert.equal(client.transport.connected, true, "an authority that was read elsewhere");
    }
    const refused = {
      "an authority that nobody knows": own,
      "no certificate of our own": { ca },
      "a file that is not there": { ca: folder.at("nothing.pem"), ...own },
    };
    for (const [what, tls] of Object.entries(refused)) {
      await using client = new RabbitmqClient({ address: { url }, tls });
      const { reason } = await client.sees("disconnected");
      assert.match(reason, /certificate|UnknownIssuer|nothing\.pem|closed|alert|peer/i, what);
      assert.equal(client.transport.connected, false, what);
    }
  },
);
