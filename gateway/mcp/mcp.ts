import type { Tracing } from "@asya/program";
import { type Clock, systemClock } from "@asya/transport";
import {
  createMcpHandler,
  type JSONRPCRequest,
  type McpHttpHandler,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import { openEarlierStream, speaksEarlier } from "./earlier.ts";
import type { Era } from "./era.ts";
import { errorResponse, HEADER_MISMATCH, TOO_MANY_STREAMS } from "./error_response.ts";
import type { McpTasks } from "./mcp_tasks.ts";
import type { McpTools } from "./mcp_tools.ts";
import { NoticeStreams } from "./notice_streams.ts";
import { ParamHeaders } from "./param_headers.ts";
import { isSubscription, mayTakeLong, readModernCall } from "./read_request.ts";
import { openSubscription, parseSubscription } from "./subscription.ts";
import { ShortWay } from "./short_way.ts";
import { ToolServer } from "./tool_server.ts";

/** What the Model Context Protocol is answered from. */
export interface McpOptions {
  readonly tools: McpTools;
  /** Without them, no call can be a task. */
  readonly tasks?: McpTasks;
  /** Tells a listener whenever the tools are others; without it, they never are. */
  readonly onToolsChange?: (listener: () => void) => void;
  /** Version of the gateway, as clients see it. */
  readonly version: string;
  /** How long a stream may be silent. */
  readonly keepAliveMs: number;
  /** How many streams of notices each caller may have open, where it is not the usual. */
  readonly maxStreamsOfCaller?: number | undefined;
  readonly clock?: Clock;
  /** The platform's tracing, where it is on. */
  readonly tracing?: Tracing | undefined;
  /** Aborts when the gateway is about to stop: streams that wait for what may come end. */
  readonly released?: AbortSignal;
  /** Is told of what went wrong here, of which a client hears nothing more. */
  readonly onError?: (error: unknown) => void;
}

/** Messages that a batch may have; the SDK refuses more, but reads them all before. */
const MAX_BATCH = 100;

/** Answers requests of the Model Context Protocol. */
export interface Mcp {
  answer(request: McpRequest): Promise<Response>;
}

/**
 * Serves tools over Streamable HTTP to clients of every revision since 2025-03-26, each request by
 * itself.
 *
 * @param options what it stands on
 */
export function createMcp(options: McpOptions): Mcp {
  const { tools, tasks, version, keepAliveMs, clock = systemClock, released, onError } = options;
  const { tracing } = options;
  const streams = new NoticeStreams(keepAliveMs, { ofCaller: options.maxStreamsOfCaller });
  options.onToolsChange?.(() => streams.toolsChanged());
  if (released?.aborted) streams.close();
  released?.addEventListener("abort", () => streams.close());
  const asked = new WeakMap<Request, McpRequest>();
  const requestOf = ({ http }: ServerContext): McpRequest => {
    const request = http?.req && asked.get(http.req);
    if (!request) throw new TypeError("a request came past the gateway's routes");
    return request;
  };
  const createServer = (era: Era): ToolServer =>
    new ToolServer({ tools, tasks, version, clock, tracing, era, requestOf, onError });
  const shortWay = new ShortWay(createServer, onError);
  const brief = createMcpHandler(({ era }) => createServer(era), { keepAliveMs });
  const streaming = createMcpHandler(({ era }) => createServer(era), {
    keepAliveMs,
    responseMode: "sse",
  });
  const ask = (handler: McpHttpHandler, mcpRequest: McpRequest): Promise<Response> => {
    const { url, method, headers } = mcpRequest.request;
    // The server's own request says of every answered one that it was aborted.
    const known = new Request(url, { method, headers });
    asked.set(known, mcpRequest);
    return handler.fetch(known, { parsedBody: mcpRequest.body });
  };

  /** The SDK judges the request, but knows of no tasks: the stream itself is made here. */
  const subscribe = async (mcpRequest: McpRequest, request: JSONRPCRequest): Promise<Response> => {
    const judged = await ask(brief, mcpRequest);
    if (!isStream(judged)) return judged;
    await judged.body?.cancel();
    const parsed = parseSubscription(request);
    if (!parsed.ok) return errorResponse(400, parsed.error, request.id);
    const { caller } = mcpRequest;
    return await openSubscription({ streams, tasks, version }, parsed.subscription, caller) ??
      errorResponse(503, TOO_MANY_STREAMS, request.id);
  };

  const paramHeaders = new ParamHeaders();
  const checkHeaders = ({ body, request }: McpRequest): Response | undefined => {
    const call = readModernCall(body);
    const card = call && tools.find(call.name);
    if (!card) return undefined;
    const message = paramHeaders.check(card.inputSchema, call.arguments, request.headers);
    if (message === undefined) return undefined;
    return errorResponse(400, { code: HEADER_MISMATCH, message }, call.id);
  };

  return {
    async answer(mcpRequest) {
      const { body, request } = mcpRequest;
      if (Array.isArray(body) && body.length > MAX_BATCH) {
        const message = `the batch has ${body.length} messages; at most ${MAX_BATCH} are allowed`;
        return errorResponse(400, { code: ProtocolErrorCode.InvalidRequest, message });
      }
      if (request.method === "GET" && speaksEarlier(request)) {
        return openEarlierStream(mcpRequest, streams);
      }
      if (isSubscription(body)) return await subscribe(mcpRequest, body);
      const refused = checkHeaders(mcpRequest);
      if (refused) return refused;
      // What may take long is a stream from the start, so that its silence is seen to be alive.
      if (mayTakeLong(body, tools)) return await ask(streaming, mcpRequest);
      asked.set(request, mcpRequest);
      return await shortWay.answer(mcpRequest) ?? await ask(brief, mcpRequest);
    },
  };
}

function isStream({ headers }: Response): boolean {
  return headers.get("content-type") === "text/event-stream";
}
