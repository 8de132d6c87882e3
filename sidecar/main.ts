/**
 * The sidecar's process: settings, transport, runtime, telemetry; runs until a signal, then drains.
 *
 * @module
 */
import {
  createLogger,
  createMetrics,
  loadSettings,
  onShutdown,
  secretsOf,
  serveOps,
} from "@asya/program";
import { openTransport, systemClock } from "@asya/transport";
import { checkConfig, policyOf, settings } from "./config.ts";
import type { Emit } from "./events.ts";
import { HostSocket } from "./host_socket.ts";
import { createProgressPoster } from "./post_progress.ts";
import { createSidecar } from "./sidecar.ts";
import { createTelemetry } from "./telemetry.ts";

const config = loadSettings(
  "sidecar",
  "carries messages between a queue and the handler beside it",
  settings,
  checkConfig,
);
const shutdown = onShutdown();
const log = createLogger({
  program: "sidecar",
  level: config.logLevel,
  format: config.logFormat,
  redact: secretsOf(settings, config),
});
const policy = policyOf(config);
const clock = systemClock;
const { metricsEnabled, metricsNamespace: namespace } = config;
const metrics = metricsEnabled ? await createMetrics({ namespace }) : undefined;
const emit: Emit = createTelemetry({ ...config, log, metrics, policy, clock });
const transport = await openTransport(config, (event) => emit({ kind: "transport", event }));
const place = new HostSocket(config.socketPath, config, clock);
const reportsTo = config.isTerminal ? undefined : config.gatewayUrl;
const post = reportsTo === undefined
  ? undefined
  : createProgressPoster(reportsTo, config.internalToken, clock);
const sidecar = createSidecar({ policy, options: config, transport, place, post, emit });
const ops = serveOps({
  address: config.metricsAddress,
  live: () => true,
  ready: () => sidecar.ready(),
  metrics,
});
log.info("started", { queue: config.queueName, operations: ops.port });
const started = sidecar.start();
await Promise.race([shutdown.requested, started.then(() => shutdown.requested)]);
await sidecar.drain();
await transport.close();
await ops.close();
Deno.exit(0);
