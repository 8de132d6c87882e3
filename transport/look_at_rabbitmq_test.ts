import assert from "node:assert/strict";
import type { TransportConfig } from "./config.ts";
import { lookAtRabbitmq } from "./look_at_rabbitmq.ts";

const configOf = (rabbitmqUrl: string): TransportConfig => ({
  transport: "rabbitmq",
  rabbitmqUrl,
  rabbitmqHost: undefined,
  rabbitmqPort: 5672,
  rabbitmqUsername: undefined,
  rabbitmqPassword: undefined,
  rabbitmqVhost: undefined,
  rabbitmqCaFile: undefined,
  rabbitmqCertFile: undefined,
  rabbitmqKeyFile: undefined,
  rabbitmqExchange: "asya",
  rabbitmqQueueType: "classic",
  sqlitePath: "unused",
  routeWaitMs: 0,
  maxMessageBytes: 1_024,
});

Deno.test("[M10] a RabbitMQ that is not there is unreachable", async () => {
  const config = configOf("amqp://me:s3cret@127.0.0.1:1/");
  const look = await lookAtRabbitmq(config, ["ocr"], AbortSignal.timeout(5_000));
  assert.equal(!look.ok && look.kind, "unreachable");
  assert.match(look.ok ? "" : look.reason, /^amqp:\/\/me@127\.0\.0\.1:1\/%2F: .*ECONNREFUSED/);
});

Deno.test("[M10] who says nothing is given up in time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const config = configOf(`amqp://127.0.0.1:${listener.addr.port}/`);
  const look = await lookAtRabbitmq(config, ["ocr"], AbortSignal.timeout(50));
  assert.deepEqual(look, {
    ok: false,
    kind: "unreachable",
    reason: "it did not answer in time",
  });
  (await accepted).close();
});
