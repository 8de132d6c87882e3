/**
 * The gateway's process: settings, tools, store, transport, HTTP; runs until a signal, then drains.
 *
 * @module
 */
import {
  createLogger,
  createMetrics,
  loadSettings,
  onShutdown,
  secretsOf,
  within,
} from "@asya/program";
import { openTransport, systemClock } from "@asya/transport";
import { apiTokensOf, checkConfig, settings } from "./config.ts";
import manifest from "./deno.json" with { type: "json" };
import { createGateway } from "./gateway.ts";
import { createSchemaCompiler } from "./json_schema.ts";
import { serve } from "./serve.ts";
import { openStore } from "./stores/open.ts";
import { createTelemetry } from "./telemetry.ts";
import { loadTools, requireTools } from "./tools_file.ts";
import { warnAbout } from "./warnings.ts";
import { watchTools } from "./watch_tools.ts";

const summary = "takes calls of tools, keeps their jobs, shows their progress";
const config = loadSettings("gateway", summary, settings, checkConfig);
const shutdown = onShutdown();
const log = createLogger({
  program: "gateway",
  level: config.logLevel,
  format: config.logFormat,
  redact: [...secretsOf(settings, config), ...apiTokensOf(config).map(({ token }) => token)],
});
const metrics = await createMetrics({ namespace: "asya_gateway" });
const clock = systemClock;
const emit = createTelemetry({ log, metrics, clock });
const compiler = createSchemaCompiler();
const tools = await requireTools(config.configPath, compiler);
const transport = await openTransport(config, (event) => emit({ kind: "transport", event }));
const store = await openStore(config);
const gateway = createGateway({
  ...{ config, store, transport, compiler, clock, emit, metrics },
  ...{ tools, version: manifest.version },
});
await gateway.start();
for (const warning of warnAbout(config)) emit(warning);
const address = { hostname: config.host, port: config.port };
const server = serve(address, gateway.fetch, (url) => emit({ kind: "listening", url }));
const stopWatching = watchTools(
  config.configPath,
  async () => gateway.replaceTools(await loadTools(config.configPath, compiler)),
  (error) => emit({ kind: "tools_unwatched", error }),
);
const signal = await shutdown.requested;
emit({ kind: "draining", signal });
stopWatching();
gateway.release();
await within(server.shutdown(), config.shutdownGraceMs);
await gateway.close();
await transport.close();
emit({ kind: "stopped" });
Deno.exit(0);
