import { GatewayClient } from "../client/gateway_client.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import type { CommandContext } from "./command.ts";

/** Where a gateway is that nobody said anything about. */
const DEFAULT_URL = "http://127.0.0.1:8080";

/** Where the gateway of a mesh is that runs on this machine. */
const OWN_HOST = "127.0.0.1";

/**
 * The gateway that a command asks: the one that was named, or that of the mesh in this folder.
 *
 * @param url what was said on the command line
 * @param context the settings, and what ends the command
 * @param state the folder of state of the mesh that is meant where nothing was said
 */
export async function openGateway(
  url: string | undefined,
  { config, signals }: Pick<CommandContext, "config" | "signals">,
  state = ".asya",
): Promise<GatewayClient> {
  const address = url ?? config.gatewayUrl ?? await readOwn(state) ?? DEFAULT_URL;
  return new GatewayClient({ url: address, token: config.apiToken }, signals);
}

/** A folder that somebody else made leads no token to another machine. */
async function readOwn(state: string): Promise<string | undefined> {
  const noted = await readGatewayNote(state);
  return noted !== undefined && URL.parse(noted)?.hostname === OWN_HOST ? noted : undefined;
}
