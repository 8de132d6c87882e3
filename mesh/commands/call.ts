import { nearestName } from "@asya/program";
import type { Command } from "./arguments.ts";
import { callAndFollow, type CallEnd, readArguments, showEnd } from "../client/follow_job.ts";
import { GatewayClient } from "../client/gateway_client.ts";
import { EXIT } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";

const EXIT_OF: Readonly<Record<CallEnd["kind"], number>> = {
  succeeded: EXIT.ok,
  failed: EXIT.failed,
  left: EXIT.interrupted,
};

/**
 * `asya call`: calls a tool of a running mesh and follows it to its end.
 *
 * @param command which tool, with which arguments
 * @param context the terminal, the gateway's URL, and what ends the waiting
 * @returns the exit code
 */
export async function call(
  command: Extract<Command, { kind: "call" }>,
  context: { screen: Screen; url: string; signal: AbortSignal },
): Promise<number> {
  const { screen, url, signal } = context;
  const client = new GatewayClient(url);
  const tools = await client.listTools();
  const tool = tools.find(({ name }) => name === command.tool);
  if (!tool) {
    const names = tools.map(({ name }) => name);
    const nearest = nearestName(command.tool, names);
    const hint = nearest === undefined
      ? `allowed: ${names.join(", ")}`
      : `did you mean ${nearest}?`;
    const reason = `there is no tool ${JSON.stringify(command.tool)} at ${url}; ${hint}`;
    showEnd({ kind: "failed", reason }, screen, command.json);
    return EXIT.failed;
  }
  const args = readArguments(command.args, tool);
  const shown = command.json ? undefined : screen;
  const end = await callAndFollow(client, { tool: command.tool, arguments: args }, shown, signal);
  showEnd(end, screen, command.json);
  return EXIT_OF[end.kind];
}
