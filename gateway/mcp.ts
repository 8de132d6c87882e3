import { isJsonObject } from "@asya/protocol";
import {
  type CallToolResult,
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import { ProgressNotes } from "./progress_notes.ts";
import type { McpRequest } from "./tool_routes.ts";
import type { CallWatcher, Toolbox } from "./toolbox.ts";
import { traceHeaders } from "./trace_headers.ts";

/** What the Model Context Protocol is answered from. */
export interface McpOptions {
  readonly toolbox: Toolbox;
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
  const { toolbox, version, keepAliveMs } = options;
  const asked = new WeakMap<Request, McpRequest>();
  const handler = createMcpHandler(({ era, requestInfo }) => {
    const request = requestInfo && asked.get(requestInfo);
    if (!request) throw new TypeError("a request came past the gateway's routes");
    const server = new Server({ name: "asya-gateway", version }, SERVER_OPTIONS);
    server.setRequestHandler("tools/list", () => ({ tools: toolbox.list() }));
    server.setRequestHandler("tools/call", async ({ params }, context) => {
      const { name, arguments: args = {} } = params;
      const answer = await toolbox.call({
        name,
        arguments: isJsonObject(args) ? args : {},
        caller: request.caller,
        headers: traceHeaders(traceparentOf(request.request, context)),
        baseUrl: request.baseUrl,
        watcher: createWatcher(context),
        // Only the newer revision takes a lost connection for the wish to cancel.
        cancelled: era === "modern" ? context.mcpReq.signal : undefined,
      });
      if (answer.kind === "refused") {
        throw new ProtocolError(
          answer.reason === "unknown_tool"
            ? ProtocolErrorCode.InvalidParams
            : ProtocolErrorCode.InternalError,
          answer.message,
        );
      }
      const card = toolbox.list().find((tool) => tool.name === name);
      const result: CallToolResult = { ...answer.result };
      return server.projectCallToolResult(result, card?.outputSchema);
    });
    return server;
  }, { keepAliveMs });

  return {
    answer(request) {
      asked.set(request.request, request);
      return handler.fetch(request.request, { parsedBody: request.body });
    },
  };
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
