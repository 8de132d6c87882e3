import { GatewayClient } from "../client/gateway_client.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import type { CommandContext } from "./command.ts";

/** Where a gateway is that nobody said anything about. */
const DEFAULT_URL = "http://127.0.0.1:8080";

/**
 * The gateway that a command asks: the one that was named, or that of the mesh in this folder.
 *
 * @param url what was said on the command line
 * @param context the settings, and what ends the command
 */
export async function openGateway(
  url: string | undefined,
  { config, signals }: Pick<CommandContext, "config" | "signals">,
): Promise<GatewayClient> {
  const address = url ?? config.gatewayUrl ?? await readGatewayNote(".asya") ?? DEFAULT_URL;
  return new GatewayClient({ url: address, token: config.apiToken }, signals);
}
