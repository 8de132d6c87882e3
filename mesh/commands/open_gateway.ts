import { GatewayClient } from "../client/gateway_client.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import type { CommandContext } from "./command.ts";
import { DEFAULT_FILE } from "./mesh_options.ts";
import { isThere } from "../doctor/is_there.ts";

/** Where a gateway is that nobody said anything about. */
const DEFAULT_URL = "http://127.0.0.1:8080";

/** Where the gateway of a mesh is that runs on this machine. */
const OWN_HOST = "127.0.0.1";

/**
 * The gateway that a command asks: the one that was named, or that of the mesh in this folder. Where
 * that mesh is not up, the one that is asked may be another's, and a person is told.
 *
 * @param url what was said on the command line
 * @param context the settings, what ends the command, and where to say whose gateway is asked
 * @param folder that of the mesh which is meant where nothing was said
 */
export async function openGateway(
  url: string | undefined,
  { config, signals, screen }: Pick<CommandContext, "config" | "signals"> & {
    readonly screen?: Pick<CommandContext["screen"], "err">;
  },
  folder = ".",
): Promise<GatewayClient> {
  const own = url ?? config.gatewayUrl ?? await readOwn(`${folder}/.asya`);
  if (own === undefined && screen && await isThere(`${folder}/${DEFAULT_FILE}`)) {
    screen.err(`the mesh of this folder is not up; ${DEFAULT_URL} is asked`);
  }
  return new GatewayClient({ url: own ?? DEFAULT_URL, token: config.apiToken }, signals);
}

/** A folder that somebody else made leads no token to another machine. */
async function readOwn(state: string): Promise<string | undefined> {
  const noted = await readGatewayNote(state);
  return noted !== undefined && URL.parse(noted)?.hostname === OWN_HOST ? noted : undefined;
}
