/**
 * The sidecar's process: settings, transport, runtime, telemetry; runs until a signal, then drains.
 * With `check` as its argument it only looks at its settings.
 *
 * @module
 */
import {
  createLogger,
  createMetrics,
  loadSettings,
  onShutdown,
  openTracing,
  secretsOf,
  serveOps,
  within,
} from "@asya/program";
import { messagingSystem, openTransport, systemClock } from "@asya/transport";
import { checkConfig, holdLimitMsOf, policyOf, settings } from "./config.ts";
import { HostSocket } from "./host_socket.ts";
import { createProgressPoster } from "./post_progress.ts";
import { createSidecar } from "./sidecar.ts";
import { createTelemetry } from "./telemetry.ts";
import { createUnixSocket } from "./unix_socket.ts";

const summary = "carries messages between a queue and the handler beside it";
const config = loadSettings("sidecar", summary, settings, checkConfig);
if (Deno.args[0] === "check") Deno.exit(0);
const shutdown = onShutdown();
const tracing = await openTracing("asya-sidecar");
const log = createLogger({
  program: "sidecar",
  tracing,
  level: config.logLevel,
  format: config.logFormat,
  redact: secretsOf(settings, config),
});
const policy = policyOf(config);
const clock = systemClock;
const { metricsEnabled, metricsNamespace: namespace, customMetrics, transport: name } = config;
const metrics = metricsEnabled ? await createMetrics({ namespace }) : undefined;
const emit = createTelemetry({ log, metrics, customMetrics, policy, transport: name, clock });
const transport = await openTransport(config, (event) => emit({ kind: "transport", event }));
const sidecar = createSidecar({
  ...{ policy, transport, clock, emit, tracing, system: messagingSystem(config) },
  options: { ...config, holdLimitMs: holdLimitMsOf(config) },
  place: new HostSocket(createUnixSocket(config.socketPath), config, clock, metricsEnabled),
  post: createProgressPoster(config.gatewayUrl, config.internalToken, clock),
});
const ops = serveOps({
  address: config.metricsAddress,
  live: () => true,
  ready: () => sidecar.ready(),
  metrics,
});
emit({ kind: "started", queue: policy.queue, operationsPort: ops.port });
await Promise.race([sidecar.start(), shutdown.requested]);
await shutdown.requested;
await sidecar.drain();
await transport.close();
await within(ops.close(), 1_000);
Deno.exit(0);
