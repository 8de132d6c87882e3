import assert from "node:assert/strict";
import { parseSettings } from "@asya/program";
import { checkConfig, type Config, policyOf, settings } from "./config.ts";

function configured(env: Record<string, string>): Config {
  const parsed = parseSettings(settings, { ASYA_QUEUE_NAME: "ocr", ...env });
  assert(parsed.ok, JSON.stringify(parsed));
  return parsed.config;
}

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

core("a queue's name is all that must be said", () => {
  const config = configured({});
  assert.deepEqual(checkConfig(config), []);
  assert.deepEqual(policyOf(config), {
    queue: "ocr",
    actor: "ocr",
    happyEnd: "happy-end",
    errorEnd: "error-end",
    deadLetter: "dead-letter-queue",
    isTerminal: false,
    maxMessageBytes: 16 * 1024 * 1024,
    maxHops: 256,
    maxDeliveries: 5,
    maxRedeliveries: 50,
    runtimeTimeoutMs: 300_000,
    retryTimeouts: false,
    allowedSteps: undefined,
  });
  assert.equal(config.socketPath, "/tmp/sockets/app.sock");
  assert.equal(config.maxFrameBytes, 64 * 1024 * 1024);
  assert.equal(config.shutdownGraceMs, 25_000);
  assert.equal(config.metricsAddress, ":8080");
  assert.equal(config.metricsNamespace, "asya_actor");
  assert.equal(config.prefetch, 1);
});

core("every setting can be set", () => {
  const config = configured({
    ASYA_ACTOR_NAME: "ocr-large",
    ASYA_STEP_HAPPY_END: "done",
    ASYA_STEP_ERROR_END: "failed",
    ASYA_DLQ_NAME: "dead",
    ASYA_RUNTIME_TIMEOUT: "90",
    ASYA_RETRY_TIMEOUTS: "yes",
    ASYA_MAX_DELIVERIES: "2",
    ASYA_MAX_HOPS: "9",
    ASYA_ALLOWED_STEPS: "classify, store",
    ASYA_GATEWAY_URL: "http://gateway:8080",
    ASYA_CUSTOM_METRICS: '[{"name":"pages_total","type":"counter"}]',
  });
  assert.deepEqual(policyOf(config), {
    ...policyOf(configured({})),
    actor: "ocr-large",
    happyEnd: "done",
    errorEnd: "failed",
    deadLetter: "dead",
    runtimeTimeoutMs: 90_000,
    retryTimeouts: true,
    maxDeliveries: 2,
    maxHops: 9,
    allowedSteps: new Set(["classify", "store"]),
  });
  assert.equal(config.customMetrics[0]?.name, "pages_total");
});

core("[C1] every problem is reported at once", () => {
  const parsed = parseSettings(settings, {
    ASYA_SOCKET_PATH: "app.sock",
    ASYA_MAX_DELIVERIES: "0",
    ASYA_CUSTOM_METRICS: '[{"name":"a b","type":"counter"}]',
    ASYA_GATEWAY_URL: "gateway",
  });
  assert(!parsed.ok);
  for (
    const name of [
      "ASYA_QUEUE_NAME",
      "ASYA_SOCKET_PATH",
      "ASYA_MAX_DELIVERIES",
      "ASYA_CUSTOM_METRICS",
      "ASYA_GATEWAY_URL",
    ]
  ) assert(parsed.problems.some((problem) => problem.startsWith(name)), name);
});

const together: [Record<string, string>, RegExp][] = [
  [{ ASYA_QUEUE_NAME: "amq.ocr" }, /ASYA_QUEUE_NAME is "amq.ocr", which cannot name a queue/],
  [{ ASYA_QUEUE_NAME: "happy-end" }, /set ASYA_IS_TERMINAL=true/],
  [{ ASYA_QUEUE_NAME: "dead-letter-queue", ASYA_IS_TERMINAL: "1" }, /given up/],
  [
    { ASYA_CUSTOM_METRICS: '[{"name":"active_messages","type":"gauge"}]' },
    /ASYA_CUSTOM_METRICS has active_messages, which is a metric of the sidecar's own/,
  ],
];

for (const [env, problem] of together) {
  core(`[C1] ${JSON.stringify(env)} is a problem`, () => {
    const problems = checkConfig(configured(env));
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", problem);
  });
}

const custom: [unknown, RegExp][] = [
  [{}, /not a list/],
  [[7], /\[0\]: it is not an object/],
  [[{ name: "a-b", type: "counter" }], /not a metric's name/],
  [[{ name: "a", type: "summary" }], /type is not counter, gauge, histogram/],
  [[{ name: "a", type: "gauge", help: 7 }], /help is not text/],
  [[{ name: "a", type: "gauge", labels: ["a-b"] }], /labels is not/],
  [[{ name: "a", type: "gauge", labels: ["le"] }], /labels has le, which is a histogram's own/],
  [[{ name: "a", type: "histogram", buckets: [2, 1] }], /buckets is not/],
  [
    [{ name: "a", type: "gauge" }, { name: "a", type: "gauge" }],
    /\[1\]: the name a is there twice/,
  ],
];

for (const [value, problem] of custom) {
  core(`a custom metric is refused: ${JSON.stringify(value)}`, () => {
    const parsed = parseSettings(settings, {
      ASYA_QUEUE_NAME: "ocr",
      ASYA_CUSTOM_METRICS: JSON.stringify(value),
    });
    assert(!parsed.ok);
    assert.match(parsed.problems[0] ?? "", problem);
  });
}
