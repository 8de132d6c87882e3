import { parseJson } from "@asya/protocol";
import { createMcp } from "../../gateway/mcp/mcp.ts";
import type { McpResult, McpTools } from "../../gateway/mcp/mcp_tools.ts";
import { freePort } from "../kit/mod.ts";

type Content = McpResult["content"][number];

/** A picture of one dot. */
const IMAGE: Content = {
  type: "image",
  mimeType: "image/png",
  data:
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

/** A sound of no length. */
const AUDIO: Content = {
  type: "audio",
  mimeType: "audio/wav",
  data: "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=",
};

const RESOURCE: Content = {
  type: "resource",
  resource: { uri: "test://leaflet", mimeType: "text/plain", text: "This is a leaflet." },
};

const TEXT: Content = { type: "text", text: "A text, a picture and a leaflet:" };

/** What the tools of the suites answer with that is more than text. */
const CONTENTS: Readonly<Record<string, Content[]>> = {
  test_image_content: [IMAGE],
  test_audio_content: [AUDIO],
  test_embedded_resource: [RESOURCE],
  test_multiple_content_types: [TEXT, IMAGE, RESOURCE],
};

const TOOLS: McpTools = {
  list: () => Object.keys(CONTENTS).map(cardOf),
  find: (name) => CONTENTS[name] && cardOf(name),
  waits: () => true,
  call({ name }) {
    const content = CONTENTS[name];
    return Promise.resolve(
      content
        ? { kind: "answered", result: { content } }
        : { kind: "refused", reason: "unknown_tool", message: `there is no tool ${name}` },
    );
  },
};

/** A server of MCP that runs in the test. */
export interface ContentServer extends AsyncDisposable {
  readonly mcpUrl: string;
}

/**
 * Serves tools whose answers no job can give, through the gateway's own adapter: what it makes of
 * contents is the same, wherever they come from.
 */
export function startContentServer(): ContentServer {
  const mcp = createMcp({ tools: TOOLS, version: "0.0.0", keepAliveMs: 15_000 });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: freePort(), onListen: () => {} },
    async (request) => {
      const parsed = parseJson(await request.bytes());
      return await mcp.answer({
        request,
        body: parsed.ok ? parsed.value : undefined,
        caller: { scopes: new Set() },
        key: undefined,
        baseUrl: new URL(request.url).origin,
      });
    },
  );
  return {
    mcpUrl: `http://127.0.0.1:${server.addr.port}/mcp`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function cardOf(name: string) {
  return {
    name,
    description: "Answers with more than text",
    inputSchema: { type: "object" as const },
  };
}
