/**
 * The `asya` command: runs a mesh on this machine, and calls its tools.
 *
 * @module
 */
import { logLevels } from "@asya/program";
import { type Command, parseArguments } from "./arguments.ts";
import { call } from "./call.ts";
import { demo } from "./demo.ts";
import { GatewayError } from "./gateway_client.ts";
import { helpText } from "./help.ts";
import { EXIT } from "./run_mesh.ts";
import { createScreen } from "./screen.ts";
import { onEndSignals } from "./signals.ts";
import { tools } from "./tools.ts";
import { up } from "./up.ts";

const screen = createScreen();
const signals = onEndSignals();
const env = Deno.env.toObject();
const logLevel = logLevels.find((level) => level === env.ASYA_LOG_LEVEL?.toUpperCase()) ?? "INFO";

function run(command: Command): Promise<number> | number {
  switch (command.kind) {
    case "help":
      screen.out(helpText(command.topic).trimEnd());
      return EXIT.ok;
    case "up":
      return up(command, { screen, signals, logLevel });
    case "demo":
      return demo(command, { screen, signals });
    case "call":
      return call(command, { screen, url: urlOf(command.url), signal: signals.first });
    case "tools":
      return tools(command, { screen, url: urlOf(command.url) });
  }
}

function urlOf(given: string | undefined): string {
  return given ?? (env.ASYA_GATEWAY_URL || "http://127.0.0.1:8080");
}

async function main(): Promise<number> {
  const parsed = parseArguments(Deno.args);
  if (!parsed.ok) {
    const topic = parsed.topic === undefined ? "" : `${parsed.topic} `;
    screen.err(`${parsed.problem}\nasya ${topic}--help says more`);
    return EXIT.wrongInput;
  }
  try {
    return await run(parsed.command);
  } catch (error) {
    if (signals.first.aborted) return EXIT.interrupted;
    if (!(error instanceof GatewayError)) throw error;
    screen.err(error.message);
    return EXIT.failed;
  }
}

Deno.exit(await main());
