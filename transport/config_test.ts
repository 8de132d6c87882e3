import assert from "node:assert/strict";
import { defineSettings, parseSettings } from "@asya/program";
import { checkTransport, consumerSettings, transportSettings } from "./config.ts";

const none = { permissions: "none" as const };
const settings = defineSettings({ ...transportSettings, ...consumerSettings });

Deno.test("without settings, queues are in a file here", none, () => {
  const parsed = parseSettings(settings, {});
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config, {
    transport: "sqlite",
    rabbitmqUrl: undefined,
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
    sqlitePath: ".asya/queues.db",
    routeWaitMs: 30_000,
    maxMessageBytes: 16 * 1024 * 1024,
    prefetch: 1,
    queueCreate: "own",
  });
});

Deno.test("every setting is read from its variable", none, () => {
  const parsed = parseSettings(settings, {
    ASYA_TRANSPORT: "memory",
    ASYA_RABBITMQ_URL: "amqps://mq/prod",
    ASYA_RABBITMQ_HOST: "mq.svc",
    ASYA_RABBITMQ_PORT: "5673",
    ASYA_RABBITMQ_USERNAME: "me",
    ASYA_RABBITMQ_PASSWORD: "s3cret",
    ASYA_RABBITMQ_VHOST: "team/a",
    ASYA_RABBITMQ_CA_FILE: "/tls/ca.pem",
    ASYA_RABBITMQ_CERT_FILE: "/tls/cert.pem",
    ASYA_RABBITMQ_KEY_FILE: "/tls/key.pem",
    ASYA_RABBITMQ_EXCHANGE: "ours",
    ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
    ASYA_SQLITE_PATH: "/data/q.db",
    ASYA_ROUTE_WAIT: "2m",
    ASYA_MAX_MESSAGE_BYTES: "1 MiB",
    ASYA_RABBITMQ_PREFETCH: "100",
    ASYA_QUEUE_CREATE: "all",
  });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config, {
    transport: "memory",
    rabbitmqUrl: "amqps://mq/prod",
    rabbitmqHost: "mq.svc",
    rabbitmqPort: 5673,
    rabbitmqUsername: "me",
    rabbitmqPassword: "s3cret",
    rabbitmqVhost: "team/a",
    rabbitmqCaFile: "/tls/ca.pem",
    rabbitmqCertFile: "/tls/cert.pem",
    rabbitmqKeyFile: "/tls/key.pem",
    rabbitmqExchange: "ours",
    rabbitmqQueueType: "quorum",
    sqlitePath: "/data/q.db",
    routeWaitMs: 120_000,
    maxMessageBytes: 1_048_576,
    prefetch: 100,
    queueCreate: "all",
  });
});

Deno.test("[C1] what is not allowed is refused, and what is allowed is said", none, () => {
  const parsed = parseSettings(settings, {
    ASYA_TRANSPORT: "carrier-pigeon",
    ASYA_RABBITMQ_URL: "http://me:s3cret@mq",
    ASYA_RABBITMQ_HOST: "mq:5672/",
    ASYA_RABBITMQ_EXCHANGE: "amq.topic",
    ASYA_RABBITMQ_QUEUE_TYPE: "mirrored",
    ASYA_MAX_MESSAGE_BYTES: "1",
    ASYA_RABBITMQ_PREFETCH: "0",
    ASYA_QUEUE_CREATE: "some",
  });
  assert.deepEqual(parsed.ok ? [] : parsed.problems, [
    'ASYA_TRANSPORT is "carrier-pigeon"; allowed: rabbitmq, sqlite, memory',
    'ASYA_RABBITMQ_URL is "http://me:***@mq"; allowed: a URL that begins with amqp: or amqps:',
    'ASYA_RABBITMQ_HOST is "mq:5672/"; allowed: a name or an IP address',
    'ASYA_RABBITMQ_EXCHANGE is "amq.topic"; ' +
    "allowed: up to 200 letters, digits and . _ : -, not beginning with amq.",
    'ASYA_RABBITMQ_QUEUE_TYPE is "mirrored"; allowed: classic, quorum',
    'ASYA_MAX_MESSAGE_BYTES is "1"; allowed: bytes, or a size such as 64KiB or 4 MB, 1KiB to 512MiB',
    'ASYA_RABBITMQ_PREFETCH is "0"; allowed: a whole number, 1 to 65535',
    'ASYA_QUEUE_CREATE is "some"; allowed: own, all, none',
  ]);
});

Deno.test("what is set implies the broker", none, () => {
  const transportOf = (env: Record<string, string>) => {
    const parsed = parseSettings(settings, env);
    return parsed.ok && parsed.config.transport;
  };
  assert.equal(transportOf({ ASYA_RABBITMQ_URL: "amqp://mq/" }), "rabbitmq");
  assert.equal(transportOf({ ASYA_RABBITMQ_HOST: "mq" }), "rabbitmq");
  assert.equal(transportOf({ ASYA_SQLITE_PATH: "/q.db" }), "sqlite");
  assert.equal(transportOf({ ASYA_TRANSPORT: "sqlite", ASYA_RABBITMQ_HOST: "mq" }), "sqlite");
});

const together: [string, Record<string, string>, string[]][] = [
  ["no place", { ASYA_TRANSPORT: "rabbitmq" }, [
    "ASYA_TRANSPORT is rabbitmq, but neither ASYA_RABBITMQ_URL nor ASYA_RABBITMQ_HOST is set; " +
    "allowed: one of them, such as amqp://guest:guest@localhost:5672/",
  ]],
  ["nothing", {}, []],
  ["a URL", { URL: "amqp://mq/" }, []],
  ["a URL without a password, and a password", { URL: "amqp://mq/", PASSWORD: "p" }, []],
  ["a host", { HOST: "mq", PORT: "1", USERNAME: "me", PASSWORD: "p", VHOST: "v" }, []],
  ["TLS", { URL: "amqps://mq/", CA_FILE: "ca", CERT_FILE: "cert", KEY_FILE: "key" }, []],
  ["a URL and a host", { URL: "amqp://mq/", HOST: "mq" }, [
    "ASYA_RABBITMQ_URL and ASYA_RABBITMQ_HOST are both set; allowed: one of them",
  ]],
  ["a URL without a host", { URL: "amqp:///prod" }, [
    "ASYA_RABBITMQ_URL names no host; allowed: such as amqp://rabbitmq:5672/",
  ]],
  ["half a certificate", { URL: "amqps://mq/", KEY_FILE: "key" }, [
    "ASYA_RABBITMQ_KEY_FILE is set and ASYA_RABBITMQ_CERT_FILE is not; allowed: both or neither",
  ]],
  ["certificates for nothing", { HOST: "mq", CA_FILE: "ca" }, [
    "certificates for RabbitMQ are set, but the connection is not over TLS; " +
    "allowed: with an ASYA_RABBITMQ_URL that begins with amqps:",
  ]],
];

for (const [what, parts, problems] of together) {
  Deno.test(`[C1] settings of RabbitMQ together: ${what}`, none, () => {
    const env = Object.entries(parts).map(([name, value]) => [
      name.startsWith("ASYA_") ? name : `ASYA_RABBITMQ_${name}`,
      value,
    ]);
    const parsed = parseSettings(settings, Object.fromEntries(env));
    assert.ok(parsed.ok);
    assert.deepEqual(checkTransport(parsed.config), problems);
  });
}
