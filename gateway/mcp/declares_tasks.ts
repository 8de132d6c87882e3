import { isJsonObject } from "@asya/protocol";
import { CLIENT_CAPABILITIES_META_KEY } from "@modelcontextprotocol/server";

/** The name of the extension by which calls of the newer revision become tasks. */
export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/**
 * Whether a client says, with a request, that it knows the extension.
 *
 * @param meta what the request's `_meta` says of the client
 */
export function declaresTasks(meta: unknown): boolean {
  if (!isJsonObject(meta)) return false;
  const capabilities = meta[CLIENT_CAPABILITIES_META_KEY];
  return isJsonObject(capabilities) && isJsonObject(capabilities.extensions) &&
    capabilities.extensions[TASKS_EXTENSION] !== undefined;
}
