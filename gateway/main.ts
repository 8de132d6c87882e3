/**
 * The gateway's process: settings, tools, store, transport, HTTP; runs until a signal, then drains.
 * With `migrate` as its first argument it brings the database to its version instead, and with `check`
 * it only looks at its settings and its tools.
 *
 * @module
 */
import { createMetrics, loadSettings, onShutdown, openTracing, within } from "@asya/program";
import { openTransport, systemClock } from "@asya/transport";
import { begin } from "./begin.ts";
import { checkConfig, settings } from "./config.ts";
import { createLog } from "./create_log.ts";
import manifest from "./deno.json" with { type: "json" };
import { createGateway } from "./gateway.ts";
import { createSchemaCompiler } from "./tools/json_schema.ts";
import { serve } from "./http/serve.ts";
import { openStore } from "./stores/open.ts";
import { createTelemetry } from "./telemetry.ts";
import { ToolsFile } from "./tools/tools_file.ts";
import { watchTools } from "./tools/watch_tools.ts";
import { warnAbout } from "./warnings.ts";

const summary = "takes calls of tools, keeps their jobs, shows their progress";
const config = loadSettings("gateway", summary, settings, checkConfig);
const [command, ...args] = Deno.args;
if (command === "migrate") {
  const { migrateCommand } = await import("./migrate_command.ts");
  Deno.exit(await migrateCommand(args, config));
}
if (command !== undefined && Deno.args.join(" ") !== "check") {
  console.error(`gateway got ${Deno.args.join(" ")}; allowed: migrate, check, --help, or nothing`);
  Deno.exit(2);
}
const shutdown = onShutdown();
const tracing = await openTracing("asya-gateway");
const log = createLog(config, tracing);
const metrics = await createMetrics({ namespace: "asya_gateway" });
const clock = systemClock;
const emit = createTelemetry({ log, metrics, clock });
const compiler = createSchemaCompiler();
const toolsFile = new ToolsFile(config.configPath, compiler);
const tools = await toolsFile.require();
if (command === "check") Deno.exit(0);
const transport = await begin(() =>
  openTransport(config, (event) => emit({ kind: "transport", event }))
);
const store = await begin(() => openStore(config, (event) => emit({ kind: "store", event })));
const gateway = createGateway({
  ...{ config, store, transport, compiler, clock, tracing, emit, metrics },
  ...{ tools, version: manifest.version },
});
await gateway.start();
for (const warning of warnAbout(config)) emit(warning);
const address = { hostname: config.host, port: config.port };
const server = await begin(() =>
  serve(address, {
    handler: gateway.fetch,
    onListen: (url) => emit({ kind: "listening", url }),
    onFailure: (error) => emit({ kind: "connections_refused", error }),
  })
);
const stopWatching = watchTools(toolsFile, clock, (tools) => gateway.replaceTools(tools));
emit({ kind: "draining", signal: await shutdown.requested });
stopWatching();
gateway.release();
await within(server.shutdown(), config.shutdownGraceMs);
await gateway.close();
await transport.close();
emit({ kind: "stopped" });
Deno.exit(0);
