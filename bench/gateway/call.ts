/** A request that is sent again and again. */
export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Characters of the text that makes a body of about 1 KiB. */
const TEXT = "x".repeat(960);

/** The tool that is called: one text, one queue. */
export const TOOLS_FILE =
  "tools: [{ name: scan, route: [scan], timeout: 600, parameters: { text: { type: string } } }]\n";

/** The queue of that tool. */
export const QUEUE = "scan";

/** A call of the tool over REST. */
export const restCall: Call = {
  path: "/tools/call",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ name: "scan", arguments: { text: TEXT } }),
};

/** A call of the built-in tool, whose job ends as it begins. */
export const echoCall: Call = {
  ...restCall,
  body: JSON.stringify({ name: "echo", arguments: { message: TEXT } }),
};

/** The same call over MCP, in the revision that needs no session. */
export const mcpCall: Call = {
  path: "/mcp",
  headers: {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
  },
  body: JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "scan", arguments: { text: TEXT } },
  }),
};
