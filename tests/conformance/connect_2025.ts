import { Client } from "@modelcontextprotocol/sdk/client";
// The package's own map leads from this path to no types.
// @ts-types="@modelcontextprotocol/sdk/client/streamableHttp"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
// @ts-types="@modelcontextprotocol/sdk/types"
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { type OnToolsChange, toChange, type ToolClient } from "./tool_client.ts";

/** The official client whose line ends with the revisions of 2025. */
export interface Client2025 extends ToolClient {
  readonly client: Client;
}

/**
 * Connects it.
 *
 * @param url an MCP endpoint
 * @param onToolsChange is told whenever the tools are others
 */
export async function connect2025(url: URL, onToolsChange?: OnToolsChange): Promise<Client2025> {
  const client = new Client({ name: "client-2025", version: "1" }, {
    ...(onToolsChange && { listChanged: { tools: { onChanged: toChange(onToolsChange) } } }),
  });
  await client.connect(new StreamableHTTPClientTransport(url));
  return {
    client,
    list: async () => (await client.listTools()).tools,
    call: async (name, args, options) =>
      CallToolResultSchema.parse(
        await client.callTool({ name, arguments: args }, CallToolResultSchema, options),
      ),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
