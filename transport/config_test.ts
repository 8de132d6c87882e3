import assert from "node:assert/strict";
import { defineSettings, parseSettings } from "@asya/program";
import { consumerSettings, transportSettings } from "./config.ts";

const none = { permissions: "none" as const };
const settings = defineSettings({ ...transportSettings, ...consumerSettings });

Deno.test("without settings, queues are in a file here", none, () => {
  const parsed = parseSettings(settings, {});
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config, {
    transport: "sqlite",
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
    ASYA_SQLITE_PATH: "/data/q.db",
    ASYA_ROUTE_WAIT: "2m",
    ASYA_MAX_MESSAGE_BYTES: "1 MiB",
    ASYA_RABBITMQ_PREFETCH: "100",
    ASYA_QUEUE_CREATE: "all",
  });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config, {
    transport: "memory",
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
    ASYA_MAX_MESSAGE_BYTES: "1",
    ASYA_RABBITMQ_PREFETCH: "0",
    ASYA_QUEUE_CREATE: "some",
  });
  assert.deepEqual(parsed.ok ? [] : parsed.problems, [
    'ASYA_TRANSPORT is "carrier-pigeon"; allowed: sqlite, memory',
    'ASYA_MAX_MESSAGE_BYTES is "1"; allowed: bytes, or a size such as 64KiB or 4 MB, 1KiB to 512MiB',
    'ASYA_RABBITMQ_PREFETCH is "0"; allowed: a whole number, 1 to 65535',
    'ASYA_QUEUE_CREATE is "some"; allowed: own, all, none',
  ]);
});
