import { isJsonObject, type Json } from "@asya/protocol";
import {
  classifyInboundRequest,
  isJsonContentType,
  isJSONRPCRequest,
  type JSONRPCRequest,
} from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import { speaksEarlier } from "./earlier.ts";
import { SharedTransport } from "./shared_transport.ts";
import { type Era, MODERN_VERSION } from "./era.ts";
import type { ToolServer } from "./tool_server.ts";

/** The requests that there are many of, and the parameter that a header repeats. */
const METHODS: Readonly<Record<string, string>> = { "tools/call": "name", "tasks/get": "taskId" };

/**
 * The short way of requests that there are many of: one server for all of a revision, instead of one
 * for each. Only a request that is right beyond doubt goes it; on any other the SDK's own handler
 * passes judgement.
 */
export class ShortWay {
  readonly #ways: Readonly<Record<Era, Promise<SharedTransport>>>;

  /**
   * @param createServer creates a server for an era
   * @param onError is told of what went wrong between a server and its requests
   */
  constructor(
    createServer: (era: Era) => ToolServer,
    onError: (error: unknown) => void = () => {},
  ) {
    const open = async (transport: SharedTransport, era: Era) => {
      const server = createServer(era);
      server.onerror = onError;
      await server.connect(transport);
      return transport;
    };
    this.#ways = {
      legacy: open(new SharedTransport({ era: "legacy" }), "legacy"),
      modern: open(new SharedTransport({ era: "modern", revision: MODERN_VERSION }), "modern"),
    };
  }

  /** Answers a request that may go the short way; `undefined` for others. */
  async answer({ request, body }: McpRequest): Promise<Response | undefined> {
    if (!isPlainRequest(request, body)) return undefined;
    const era = eraOf(request, body);
    return era && (await this.#ways[era]).exchange(body, request);
  }
}

function isPlainRequest(request: Request, body: Json | undefined): body is Json & JSONRPCRequest {
  return isJsonObject(body) && typeof body.method === "string" &&
    Object.hasOwn(METHODS, body.method) && isJsonContentType(request.headers.get("content-type")) &&
    isJSONRPCRequest(body);
}

/** The revision of a request, if nothing is wrong with its headers. */
function eraOf(request: Request, body: JSONRPCRequest): Era | undefined {
  const { headers } = request;
  const version = headers.get("mcp-protocol-version") ?? undefined;
  const method = headers.get("mcp-method") ?? undefined;
  const { kind } = classifyInboundRequest({
    httpMethod: request.method,
    body,
    ...(version !== undefined && { protocolVersionHeader: version }),
    ...(method !== undefined && { mcpMethodHeader: method }),
  });
  if (kind === "legacy") {
    const accept = headers.get("accept") ?? "";
    const takesBoth = accept.includes("application/json") && accept.includes("text/event-stream");
    return takesBoth && speaksEarlier(request) ? "legacy" : undefined;
  }
  const name = body.params?.[METHODS[body.method] ?? ""];
  const isWhole = version === MODERN_VERSION && method === body.method &&
    typeof name === "string" &&
    headers.get("mcp-name") === name;
  return kind === "modern" && isWhole ? "modern" : undefined;
}
