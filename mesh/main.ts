/**
 * The `asya` command: runs a mesh on this machine, and calls its tools.
 *
 * @module
 */
import { parseSettings, type SettingsOf } from "@asya/program";
import { type Command, parseArguments } from "./commands/arguments.ts";
import { call } from "./commands/call.ts";
import { settings } from "./config.ts";
import { demo } from "./commands/demo.ts";
import { GatewayError } from "./client/gateway_client.ts";
import { helpText } from "./commands/help.ts";
import { EXIT } from "./run/run_mesh.ts";
import { createScreen } from "./screen.ts";
import { onEndSignals } from "./run/signals.ts";
import { tools } from "./commands/tools.ts";
import { up } from "./commands/up.ts";
import { warnOfIgnored } from "./commands/warn_of_ignored.ts";

const screen = createScreen();
const signals = onEndSignals();

async function main(): Promise<number> {
  const parsed = parseArguments(Deno.args);
  if (!parsed.ok) {
    const topic = parsed.topic === undefined ? "" : `${parsed.topic} `;
    return refuse(parsed.problem, `asya ${topic}--help says more`);
  }
  const read = parseSettings(settings, Deno.env.toObject());
  if (!read.ok) return refuse(...read.problems);
  try {
    return await run(parsed.command, read.config);
  } catch (error) {
    if (signals.first.aborted) return EXIT.interrupted;
    if (!(error instanceof GatewayError) && !isOfSystem(error)) throw error;
    screen.err(error.message);
    return EXIT.failed;
  }
}

function run(
  command: Command,
  config: SettingsOf<typeof settings>,
): Promise<number> | number {
  const { logLevel, gatewayUrl } = config;
  switch (command.kind) {
    case "help":
      screen.out(helpText(command.topic).trimEnd());
      return EXIT.ok;
    case "up": {
      const warning = warnOfIgnored(Deno.env.toObject());
      if (warning !== undefined) screen.err(warning);
      return up(command, { screen, signals, logLevel });
    }
    case "demo":
      return demo(command, { screen, signals });
    case "call":
      return call(command, { screen, url: command.url ?? gatewayUrl, signal: signals.first });
    case "tools":
      return tools(command, { screen, url: command.url ?? gatewayUrl });
  }
}

/** What the system refuses says by itself what and where: a folder that cannot be written, say. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code));
}

function refuse(...lines: string[]): number {
  for (const line of lines) screen.err(line);
  return EXIT.wrongInput;
}

Deno.exit(await main());
