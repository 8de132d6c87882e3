import { isJsonObject, type Json } from "@asya/protocol";
import {
  type CallToolResult,
  createMcpHandler,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import type { McpAnswer, McpTools } from "./mcp_tools.ts";
import { ProgressNotes } from "./progress_notes.ts";
import type { McpRequest } from "../http/tool_routes.ts";
import type { CallWatcher } from "../tools/tool_call.ts";
import { traceHeaders } from "../http/trace_headers.ts";

/** What the Model Context Protocol is answered from. */
export interface McpOptions {
  readonly tools: McpTools;
  /** Version of the gateway, as clients see it. */
  readonly version: string;
  /** How long a stream may be silent. */
  readonly keepAliveMs: number;
}

/** Answers requests of the Model Context Protocol. */
export interface Mcp {
  answer(request: McpRequest): Promise<Response>;
}

const INSTRUCTIONS = "Each tool starts a job. A call with a progress token stays open, tells how " +
  "the job goes on, and ends with its result. A call without one answers at once with the job's " +
  "id; follow it with the tool asya_job.";

/**
 * The part of a server that never changes. The validator would be for answers of clients to
 * questions of the server; this one asks none, and arguments are checked by the tools themselves.
 */
const SERVER_OPTIONS: ServerOptions = {
  capabilities: { tools: {} },
  instructions: INSTRUCTIONS,
  jsonSchemaValidator: {
    getValidator: () => () => ({
      valid: false,
      data: undefined,
      errorMessage: "nothing is validated here",
    }),
  },
};

/**
 * Serves tools over Streamable HTTP to clients of every revision since 2025-03-26, each request by
 * itself.
 *
 * @param options what it stands on
 */
export function createMcp(options: McpOptions): Mcp {
  const { tools, version, keepAliveMs } = options;
  const asked = new WeakMap<Request, McpRequest>();

  const createServer = ({ era, requestInfo }: McpRequestContext): Server => {
    const request = requestInfo && asked.get(requestInfo);
    if (!request) throw new TypeError("a request came past the gateway's routes");
    const server = new Server({ name: "asya-gateway", version }, SERVER_OPTIONS);
    server.setRequestHandler("tools/list", () => ({ tools: [...tools.list()] }));
    server.setRequestHandler("tools/call", async ({ params }, context) => {
      const { name, arguments: args = {} } = params;
      const answer = await tools.call({
        name,
        arguments: isJsonObject(args) ? args : {},
        caller: request.caller,
        key: request.key,
        headers: traceHeaders(traceparentOf(request.request, context)),
        baseUrl: request.baseUrl,
        watcher: createWatcher(context),
        gone: context.mcpReq.signal,
        // Only the newer revision takes a lost connection for the wish to cancel.
        cancelsWhenGone: era === "modern",
      });
      if (answer.kind === "refused") throw toProtocolError(answer);
      const result: CallToolResult = { ...answer.result };
      return server.projectCallToolResult(result, tools.find(name)?.outputSchema);
    });
    return server;
  };
  const brief = createMcpHandler(createServer, { keepAliveMs });
  const streaming = createMcpHandler(createServer, { keepAliveMs, responseMode: "sse" });

  return {
    answer(request) {
      const { url, method, headers } = request.request;
      // The server's own request says of every answered one that it was aborted.
      const known = new Request(url, { method, headers });
      asked.set(known, request);
      // A call that waits is a stream from the start, so that its silence is seen to be alive.
      const handler = isWaitingCall(request.body, tools) ? streaming : brief;
      return handler.fetch(known, { parsedBody: request.body });
    },
  };
}

function isWaitingCall(body: Json | undefined, tools: McpTools): boolean {
  if (!isJsonObject(body) || body.method !== "tools/call") return false;
  const { params } = body;
  if (!isJsonObject(params) || typeof params.name !== "string") return false;
  const args = isJsonObject(params.arguments) ? params.arguments : {};
  return tools.waits({ name: params.name, arguments: args });
}

function toProtocolError({ reason, message }: McpAnswer & { kind: "refused" }): ProtocolError {
  const code = reason === "full"
    ? ProtocolErrorCode.InternalError
    : ProtocolErrorCode.InvalidParams;
  return new ProtocolError(code, message);
}

/** Sends progress to a client that has asked for it. */
function createWatcher(context: ServerContext): CallWatcher | undefined {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  const notes = new ProgressNotes();
  const send = async (note: ReturnType<ProgressNotes["updated"]>) => {
    if (note === undefined || context.mcpReq.signal.aborted) return;
    const params = { progressToken, ...note };
    await context.mcpReq.notify({ method: "notifications/progress", params });
  };
  return {
    started: (job) => send(notes.started(job)),
    updated: (update) => send(notes.updated(update)),
  };
}

/** The caller's trace: in the request's `_meta` by the newer revision, else in its header. */
function traceparentOf(request: Request, context: ServerContext): unknown {
  return context.mcpReq._meta?.traceparent ?? request.headers.get("traceparent");
}
