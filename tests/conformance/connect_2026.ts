import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { type OnToolsChange, toChange, type ToolClient } from "./tool_client.ts";

/** The official client of the revision 2026-07-28, which knows those before it too. */
export interface Client2026 extends ToolClient {
  readonly client: Client;
}

/**
 * Connects it.
 *
 * @param url an MCP endpoint
 * @param mode `legacy` speaks the revisions of 2025, `modern` 2026-07-28 and nothing else
 * @param onToolsChange is told whenever the tools are others
 */
export async function connect2026(
  url: URL,
  mode: "legacy" | "modern",
  onToolsChange?: OnToolsChange,
): Promise<Client2026> {
  const client = new Client({ name: "client-2026", version: "1" }, {
    ...(onToolsChange && { listChanged: { tools: { onChanged: toChange(onToolsChange) } } }),
    versionNegotiation: { mode: mode === "legacy" ? "legacy" : { pin: "2026-07-28" } },
  });
  await client.connect(new StreamableHTTPClientTransport(url));
  return {
    client,
    list: async () => (await client.listTools()).tools,
    call: (name, args, options) => client.callTool({ name, arguments: args }, options),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
