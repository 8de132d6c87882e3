/**
 * The `asya` command: runs a mesh on this machine, calls its tools, and looks after its jobs.
 *
 * @module
 */
import { parseSettings } from "@asya/program";
import { parseArguments } from "./commands/arguments.ts";
import { helpText } from "./commands/help.ts";
import { table } from "./commands/table.ts";
import { settings } from "./config.ts";
import manifest from "./deno.json" with { type: "json" };
import { GatewayError } from "./client/gateway_error.ts";
import { EXIT } from "./run/run_mesh.ts";
import { createScreen } from "./screen.ts";
import { onEndSignals } from "./run/signals.ts";

const signals = onEndSignals();
const screen = createScreen(() => signals.end());

async function main(): Promise<number> {
  const parsed = parseArguments(Deno.args, table);
  switch (parsed.kind) {
    case "help":
      screen.out(helpText(table, parsed.name, screen.columns()));
      return EXIT.ok;
    case "version":
      screen.out(`asya ${manifest.version}`);
      return EXIT.ok;
    case "wrong": {
      const words = ["asya", parsed.name, "--help"].filter(Boolean).join(" ");
      return refuse(...parsed.problems, `${words} says more`);
    }
  }
  const env = Deno.env.toObject();
  const read = parseSettings(settings, env);
  if (!read.ok) return refuse(...read.problems);
  try {
    return await parsed.run({ screen, signals, config: read.config, env, table });
  } catch (error) {
    if (signals.first.aborted) return EXIT.interrupted;
    if (!(error instanceof GatewayError) && !isOfSystem(error)) throw error;
    screen.err(error.message);
    return EXIT.failed;
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
