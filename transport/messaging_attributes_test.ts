import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { transportSettings } from "./config.ts";
import { messagingAttributes, messagingSystem } from "./messaging_attributes.ts";

const cases: readonly [env: Record<string, string>, system: object][] = [
  [{}, { name: "sqlite" }],
  [{ ASYA_TRANSPORT: "memory" }, { name: "memory" }],
  [
    { ASYA_RABBITMQ_URL: "amqps://me:secret@[::1]/prod?heartbeat=3" },
    { name: "rabbitmq", server: { hostname: "::1", port: 5671 } },
  ],
  [
    { ASYA_RABBITMQ_HOST: "broker", ASYA_RABBITMQ_PORT: "5673", ASYA_RABBITMQ_PASSWORD: "secret" },
    { name: "rabbitmq", server: { hostname: "broker", port: 5673 } },
  ],
];

for (const [env, system] of cases) {
  Deno.test({
    name: `[N2] spans tell which broker carries messages: ${JSON.stringify(env)}`,
    permissions: "none",
    fn: () => {
      const parsed = parseSettings(transportSettings, env);
      assert(parsed.ok);
      assert.deepEqual(messagingSystem(parsed.config), system);
    },
  });
}

Deno.test({
  name: "[N2] a send on RabbitMQ tells its routing key, as nobody who receives can",
  permissions: "none",
  fn: () => {
    const system = { name: "rabbitmq", server: { hostname: "broker", port: 5672 } };
    const told = (["send", "receive", "process"] as const).map((operation) =>
      messagingAttributes(system, operation, "ocr")
    );
    const broker = { "server.address": "broker", "server.port": 5672 };
    for (const attributes of told) {
      assert.deepEqual({ ...attributes, ...broker }, attributes);
      assert.equal(attributes["messaging.destination.name"], "ocr");
    }
    assert.deepEqual(
      told.map((attributes) => attributes["messaging.rabbitmq.destination.routing_key"]),
      ["ocr", undefined, undefined],
    );
  },
});
