import {
  address,
  boolean,
  bytes,
  defineSettings,
  duration,
  integer,
  json,
  list,
  listMetrics,
  logSettings,
  type PermissionTemplate,
  type SettingsOf,
  text,
  url,
} from "@asya/program";
import {
  DEFAULT_MAX_FRAME_BYTES,
  DEFAULT_MAX_HOPS,
  isQueueName,
  TERMINAL_QUEUES,
} from "@asya/protocol";
import {
  checkTransport,
  consumerSettings,
  transportPermissions,
  transportSettings,
} from "@asya/transport";
import { RABBITMQ_HOLD_LIMIT_MS } from "./hold_time.ts";
import { parseCustomMetrics } from "./parse_custom_metrics.ts";
import { MAX_REDELIVERIES, type Policy } from "./policy.ts";
import { createSidecarMetrics } from "./telemetry/sidecar_metrics.ts";

/** Everything that a sidecar is told from outside. */
export const settings = defineSettings({
  ...logSettings,
  ...transportSettings,
  ...consumerSettings,
  queueName: text({
    env: "ASYA_QUEUE_NAME",
    required: true,
    doc: "the queue to serve, which is the name of the step",
  }),
  actorName: text({
    env: "ASYA_ACTOR_NAME",
    doc: "the actor's name in reports and failures; not set: the queue's",
  }),
  socketPath: text({
    env: "ASYA_SOCKET_PATH",
    default: "/tmp/sockets/app.sock",
    pattern: /^\/.{0,106}$/,
    allowed: "an absolute path of at most 107 bytes",
    doc: "the Unix socket of the runtime",
  }),
  runtimeTimeoutMs: duration({
    env: "ASYA_RUNTIME_TIMEOUT",
    default: "5m",
    min: 1,
    max: 7 * 24 * 3_600_000,
    doc: "how long a handler may take for one message",
  }),
  happyEnd: text({
    env: "ASYA_STEP_HAPPY_END",
    default: TERMINAL_QUEUES.happyEnd,
    doc: "the queue of finished messages",
  }),
  errorEnd: text({
    env: "ASYA_STEP_ERROR_END",
    default: TERMINAL_QUEUES.errorEnd,
    doc: "the queue of failures",
  }),
  deadLetter: text({
    env: "ASYA_DLQ_NAME",
    default: TERMINAL_QUEUES.deadLetter,
    doc: "the queue of what was given up",
  }),
  isTerminal: boolean({
    env: "ASYA_IS_TERMINAL",
    default: false,
    doc: "serve a terminal actor: any body is taken, and its answers say what is sent where",
  }),
  gatewayUrl: url({
    env: "ASYA_GATEWAY_URL",
    protocols: ["http", "https"],
    doc: "where progress is reported; not set: nowhere",
  }),
  internalToken: text({
    env: "ASYA_INTERNAL_TOKEN",
    secret: true,
    doc: "the token that the gateway asks of actors",
  }),
  streamWaitMs: duration({
    env: "ASYA_STREAM_WAIT",
    default: "250ms",
    min: 0,
    max: 10_000,
    doc: "how long a message may be held until the gateway has what its handler streamed",
  }),
  metricsEnabled: boolean({
    env: "ASYA_METRICS_ENABLED",
    default: true,
    doc: "count and measure, and serve it at /metrics",
  }),
  metricsAddress: address({
    env: "ASYA_METRICS_ADDR",
    default: ":8080",
    doc: "where /metrics, /livez and /readyz are served",
  }),
  metricsNamespace: text({
    env: "ASYA_METRICS_NAMESPACE",
    default: "asya_actor",
    pattern: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
    allowed: "letters, digits and underscores",
    doc: "what stands before the name of every metric",
  }),
  customMetrics: json({
    env: "ASYA_CUSTOM_METRICS",
    default: "[]",
    parse: parseCustomMetrics,
    allowed: "a JSON list of {name, type: counter|gauge|histogram, help, labels, buckets}",
    doc: "metrics that the handler itself reports, by ctx.metrics",
  }),
  maxDeliveries: integer({
    env: "ASYA_MAX_DELIVERIES",
    default: 5,
    min: 1,
    doc: "how often one message may kill the runtime, or fail in a terminal actor",
  }),
  retryTimeouts: boolean({
    env: "ASYA_RETRY_TIMEOUTS",
    default: false,
    doc: "whether a message whose handler took too long is tried again",
  }),
  maxHops: integer({
    env: "ASYA_MAX_HOPS",
    default: DEFAULT_MAX_HOPS,
    min: 1,
    doc: "how many steps one message may take",
  }),
  maxFrameBytes: bytes({
    env: "ASYA_MAX_FRAME_BYTES",
    default: String(DEFAULT_MAX_FRAME_BYTES),
    min: 1_024,
    max: 512 * 1024 * 1024,
    doc: "the largest frame between sidecar and runtime",
  }),
  shutdownGraceMs: duration({
    env: "ASYA_SHUTDOWN_GRACE",
    default: "25s",
    max: 24 * 3_600_000,
    doc: "how long the work in hand may take after a signal",
  }),
  allowedSteps: list({
    env: "ASYA_ALLOWED_STEPS",
    doc: "the queues that messages may go on to; not set: any",
  }),
  dedupWindow: integer({
    env: "ASYA_DEDUP_WINDOW",
    default: 10_000,
    min: 0,
    max: 10_000_000,
    doc: "how many done messages are remembered, so that a repeated one is not done again",
  }),
});

/** The values of a sidecar's settings. */
export type Config = SettingsOf<typeof settings>;

/**
 * What a sidecar needs of the system.
 *
 * V8 is told to keep its heap smaller than it would: messages live for a moment, so that a young
 * generation of more than a few MB, or an old one that grows to several times what is in use before
 * it is looked through, only holds garbage. docs/performance.md has what it saves, and what it costs.
 */
export const permissions: PermissionTemplate = {
  v8: ["--max-semi-space-size=8", "--heap-growing-percent=50"],
  net: [
    ...transportPermissions.net,
    "{ASYA_METRICS_ADDR}",
    "{ASYA_GATEWAY_URL}",
    "unix:{ASYA_SOCKET_PATH}",
  ],
  read: [...transportPermissions.read, "{ASYA_SOCKET_PATH}"],
  write: [...transportPermissions.write, "{ASYA_SOCKET_PATH}"],
};

/**
 * Finds problems that concern several settings together.
 *
 * @param config the values
 * @returns one sentence each
 */
export function checkConfig(config: Config): string[] {
  const problems = checkTransport(config);
  const names = {
    ASYA_QUEUE_NAME: config.queueName,
    ASYA_STEP_HAPPY_END: config.happyEnd,
    ASYA_STEP_ERROR_END: config.errorEnd,
    ASYA_DLQ_NAME: config.deadLetter,
  };
  for (const [env, name] of Object.entries(names)) {
    if (!isQueueName(name)) problems.push(`${env} is "${name}", which cannot name a queue`);
  }
  if (config.queueName === config.deadLetter) {
    problems.push(`ASYA_QUEUE_NAME is "${config.queueName}", the queue of what was given up`);
  }
  const ends = [config.happyEnd, config.errorEnd];
  if (ends.includes(config.queueName) && !config.isTerminal) {
    problems.push(
      `ASYA_QUEUE_NAME is "${config.queueName}", a terminal queue; set ASYA_IS_TERMINAL=true`,
    );
  }
  const metrics = listMetrics((metrics) =>
    createSidecarMetrics(metrics, policyOf(config), config.transport)
  );
  const own = metrics.map(({ options }) => options.name);
  for (const { name } of config.customMetrics.filter(({ name }) => own.includes(name))) {
    problems.push(`ASYA_CUSTOM_METRICS has ${name}, which is a metric of the sidecar's own`);
  }
  return problems;
}

/**
 * How long the broker lets a message be held, in milliseconds; nothing where it sets no limit.
 *
 * @param config the values
 */
export function holdLimitMsOf({ transport }: Config): number | undefined {
  return transport === "rabbitmq" ? RABBITMQ_HOLD_LIMIT_MS : undefined;
}

/**
 * The part of the settings that decides about messages.
 *
 * @param config the values
 */
export function policyOf(config: Config): Policy {
  return {
    queue: config.queueName,
    actor: config.actorName ?? config.queueName,
    happyEnd: config.happyEnd,
    errorEnd: config.errorEnd,
    deadLetter: config.deadLetter,
    isTerminal: config.isTerminal,
    maxMessageBytes: config.maxMessageBytes,
    maxHops: config.maxHops,
    maxDeliveries: config.maxDeliveries,
    maxRedeliveries: MAX_REDELIVERIES,
    runtimeTimeoutMs: config.runtimeTimeoutMs,
    retryTimeouts: config.retryTimeouts,
    allowedSteps: config.allowedSteps && new Set(config.allowedSteps),
  };
}
