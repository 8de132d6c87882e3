import type { Access } from "./access.ts";
import type { Connection } from "./connection.ts";
import { FetchConnection } from "./fetch_connection.ts";
import { NodeConnection } from "./node_connection.ts";

/**
 * Opens the way to a server, over the one client of HTTP that can go it.
 *
 * @param access how the server is reached, and as whom
 */
export function connect(access: Access): Connection {
  const isOrdinary = !access.isUnverified && access.serverName === undefined;
  return isOrdinary ? new FetchConnection(access) : new NodeConnection(access);
}
