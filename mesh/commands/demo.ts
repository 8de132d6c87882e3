import type { Json, JsonObject } from "@asya/protocol";
import type { Command } from "./arguments.ts";
import { callAndFollow, showEnd } from "../client/follow_job.ts";
import { GatewayClient } from "../client/gateway_client.ts";
import { EXIT, withMesh } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";
import type { EndSignals } from "../run/signals.ts";

/** Log lines that are kept to be shown when the demo fails. */
const KEPT_LINES = 40;

/**
 * `asya demo`: starts a mesh, calls the tool its file names, shows the result, and stops it.
 *
 * @param command which mesh
 * @param context the terminal and the signals
 * @returns the exit code
 */
export async function demo(
  command: Extract<Command, { kind: "demo" }>,
  context: { screen: Screen; signals: EndSignals },
): Promise<number> {
  const { screen } = context;
  const { json } = command;
  const kept: string[] = [];
  const tell = (line: string) => {
    if (!json) screen.err(line);
  };
  tell(`starting ${command.file}`);
  let hasFailed = false;
  const code = await withMesh({
    ...command,
    ...context,
    // What goes well is not worth a line here; what does not is shown when the demo fails.
    logLevel: "WARN",
    log: (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    },
    format: "pretty",
    colour: screen.colourErr,
  }, async ({ mesh, plan, tookMs }, signal) => {
    if (!mesh.demo) {
      screen.err(`${command.file} has no demo; add demo: { tool: NAME, arguments: { … } }`);
      return EXIT.wrongInput;
    }
    const { tool } = mesh.demo;
    const args = mesh.demo.arguments as JsonObject;
    tell(`${plan.processes.length} processes are ready after ${(tookMs / 1000).toFixed(1)} s`);
    tell(`calling ${tool} ${shorten(args)}`);
    const client = new GatewayClient(plan.gatewayUrl);
    const end = await callAndFollow(
      client,
      { tool, arguments: args },
      json ? undefined : screen,
      signal,
    );
    if (end.kind === "left") return EXIT.interrupted; // and the mesh stops, with its job kept
    showEnd(end, screen, json);
    hasFailed = end.kind === "failed";
    return hasFailed ? EXIT.failed : EXIT.ok;
  });
  // By now every process has said all it had to say.
  if (hasFailed) { for (const line of kept) screen.err(line); }
  return code;
}

function shorten(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
