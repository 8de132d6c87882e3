import { GatewayClient } from "../client/gateway_client.ts";
import { readGatewayNote } from "../run/gateway_note.ts";
import type { CommandContext } from "./command.ts";
import { DEFAULT_FILE } from "./mesh_options.ts";
import { isThere } from "../doctor/is_there.ts";

/** Where a gateway is that nobody said anything about. */
const DEFAULT_URL = "http://127.0.0.1:8080";

/** Where the gateway of a mesh is that runs on this machine. */
const OWN_HOST = "127.0.0.1";

/** What it takes to open a gateway. */
type OpenContext = Pick<CommandContext, "config" | "signals">;

/** Where a person is told whose gateway is asked. */
type Told = { readonly screen: Pick<CommandContext["screen"], "err"> };

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
  context: OpenContext & Partial<Told>,
  folder = ".",
): Promise<GatewayClient> {
  const { screen } = context;
  const found = await findGateway(url, context, folder);
  if (found.isOthers) screen?.err(`the mesh of this folder is not up; ${found.url} is asked`);
  return clientOf(found.url, context);
}

/**
 * The gateway that a command has do something to jobs or dead letters that are there: as
 * {@linkcode openGateway}, but never one that is only asked because this folder's own is away.
 *
 * @param url what was said on the command line
 * @param context the settings, what ends the command, and where to say what is missing
 * @param folder that of the mesh which is meant where nothing was said
 * @returns nothing where it is not known which one is meant; a person is told
 */
export async function openMeantGateway(
  url: string | undefined,
  context: OpenContext & Told,
  folder = ".",
): Promise<GatewayClient | undefined> {
  const found = await findGateway(url, context, folder);
  if (!found.isOthers) return clientOf(found.url, context);
  context.screen.err(
    `the mesh of this folder is not up, and nothing is done at ${found.url} by mistake; ` +
      "start it with `asya up`, or say which gateway is meant: --url or ASYA_GATEWAY_URL",
  );
  return undefined;
}

/** Where a gateway is, and whether it is that of somebody else, while this folder's own is away. */
async function findGateway(
  url: string | undefined,
  { config }: OpenContext,
  folder: string,
): Promise<{ readonly url: string; readonly isOthers: boolean }> {
  const own = url ?? config.gatewayUrl ?? await readOwn(`${folder}/.asya`);
  if (own !== undefined) return { url: own, isOthers: false };
  return { url: DEFAULT_URL, isOthers: await isThere(`${folder}/${DEFAULT_FILE}`) };
}

function clientOf(url: string, { config, signals }: OpenContext): GatewayClient {
  return new GatewayClient({ url, token: config.apiToken }, signals);
}

/** A folder that somebody else made leads no token to another machine. */
async function readOwn(state: string): Promise<string | undefined> {
  const noted = await readGatewayNote(state);
  return noted !== undefined && URL.parse(noted)?.hostname === OWN_HOST ? noted : undefined;
}
