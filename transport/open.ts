import type { TransportConfig } from "./config.ts";
import { createMemoryBroker } from "./memory.ts";
import { openSqlite } from "./sqlite.ts";
import type { Transport, TransportEvent } from "./transport.ts";

/**
 * Opens the transport that the settings ask for.
 *
 * @param config the values of `transportSettings`
 * @param onEvent is told what happens to the transport; must not throw
 * @throws {TransportError} `unusable`, with what to do about it
 * @example
 * ```ts
 * import { openTransport } from "@asya/transport";
 * import assert from "node:assert/strict";
 *
 * const transport = await openTransport({ transport: "memory", sqlitePath: "" }, () => {});
 * assert.equal(transport.connected, true);
 * await transport.close();
 * ```
 */
export async function openTransport(
  config: Pick<TransportConfig, "transport" | "sqlitePath">,
  onEvent: (event: TransportEvent) => void,
): Promise<Transport> {
  switch (config.transport) {
    case "sqlite":
      return await openSqlite({ path: config.sqlitePath, onEvent });
    case "memory":
      return createMemoryBroker().connect(onEvent);
  }
}
