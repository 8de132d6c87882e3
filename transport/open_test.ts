import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { type TransportConfig, transportSettings } from "./config.ts";
import { openTransport } from "./open.ts";
import type { TransportEvent } from "./transport.ts";
import { patiently } from "./testing/inbox.ts";
import { findRabbitmq } from "../tests/kit/rabbitmq.ts";

const rabbitmq = await findRabbitmq();

function configOf(env: Record<string, string>): TransportConfig {
  const parsed = parseSettings(transportSettings, env);
  assert(parsed.ok);
  return parsed.config;
}

Deno.test("the settings choose the broker", async () => {
  const folder = await Deno.makeTempDir();
  const sqlitePath = `${folder}/queues.db`;
  const events: TransportEvent[] = [];
  const onEvent = (event: TransportEvent) => void events.push(event);
  const env = { ASYA_SQLITE_PATH: sqlitePath };
  const memory = await openTransport(configOf({ ...env, ASYA_TRANSPORT: "memory" }), onEvent);
  await memory.declare(["a"]);
  await assert.rejects(Deno.stat(sqlitePath), Deno.errors.NotFound);
  await memory.close();
  const sqlite = await openTransport(configOf(env), onEvent);
  await sqlite.declare(["a"]);
  assert.ok((await Deno.stat(sqlitePath)).isFile);
  assert.deepEqual(events, [{ kind: "connected" }, { kind: "connected" }]);
  await sqlite.close();
  await Deno.remove(folder, { recursive: true });
});

const elsewhere: Record<string, Record<string, string>> = {
  "amqp://me@127.0.0.1:1/team%2Fa": {
    ASYA_RABBITMQ_URL: "amqp://you:secret@127.0.0.1:1/",
    ASYA_RABBITMQ_USERNAME: "me",
    ASYA_RABBITMQ_VHOST: "team/a",
  },
  "amqp://guest@127.0.0.1:2/%2F": {
    ASYA_RABBITMQ_HOST: "127.0.0.1",
    ASYA_RABBITMQ_PORT: "2",
    ASYA_RABBITMQ_PASSWORD: "secret",
  },
  "amqps://guest@127.0.0.1:3/a": { ASYA_RABBITMQ_URL: "amqps://127.0.0.1:3/a" },
};

for (const [address, env] of Object.entries(elsewhere)) {
  Deno.test(`the settings say where RabbitMQ is: ${address}`, async () => {
    const { promise, resolve } = Promise.withResolvers<TransportEvent>();
    const transport = await openTransport(configOf(env), resolve);
    const event = await patiently(promise, "an event");
    assert.ok(event.kind === "disconnected" && event.reason.startsWith(`${address}: `), address);
    assert.doesNotMatch(event.reason, /secret/);
    await transport.close();
  });
}

for (
  const { queueCreate, made } of [
    { queueCreate: undefined, made: false },
    { queueCreate: "none", made: false },
    { queueCreate: "own", made: true },
    { queueCreate: "all", made: true },
  ] as const
) {
  Deno.test({
    name: `the exchange is made where queues are: ${queueCreate ?? "by who takes no messages"}`,
    ignore: rabbitmq.isMissing,
    fn: async () => {
      await using vhost = await rabbitmq.createVhost();
      const { promise, resolve } = Promise.withResolvers<TransportEvent>();
      const config = configOf({ ASYA_RABBITMQ_URL: vhost.url });
      const transport = await openTransport(
        { ...config, ...queueCreate && { queueCreate } },
        resolve,
      );
      assert.equal((await patiently(promise, "an event")).kind, "connected");
      const message = { queue: "ocr", messageId: "m1", body: new Uint8Array() };
      assert.deepEqual(await transport.publish([message]), ["unroutable"]);
      await transport.close();
      const exchanges = await vhost.admin.get<{ name: string }[]>(`exchanges/${vhost.name}`);
      assert.equal(exchanges.some(({ name }) => name === "asya"), made);
    },
  });
}
