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
    const found = findWay(request, body);
    return found && (await this.#ways[found.era]).exchange(found.message, request);
  }
}

/** The era of a request and its message, if nothing is wrong with them. */
function findWay(
  request: Request,
  body: Json | undefined,
): { readonly era: Era; readonly message: JSONRPCRequest } | undefined {
  const { headers } = request;
  if (!isJsonObject(body) || !isJsonContentType(headers.get("content-type"))) return undefined;
  const { method, params } = body;
  if (typeof method !== "string" || !Object.hasOwn(METHODS, method)) return undefined;
  const version = headers.get("mcp-protocol-version") ?? undefined;
  const methodHeader = headers.get("mcp-method") ?? undefined;
  const route = classifyInboundRequest({
    httpMethod: request.method,
    body,
    ...(version !== undefined && { protocolVersionHeader: version }),
    ...(methodHeader !== undefined && { mcpMethodHeader: methodHeader }),
  });
  if (route.kind === "legacy") {
    const accept = headers.get("accept") ?? "";
    const takesBoth = accept.includes("application/json") && accept.includes("text/event-stream");
    const isRight = takesBoth && speaksEarlier(request) && isJSONRPCRequest(body);
    return isRight ? { era: "legacy", message: body } : undefined;
  }
  if (route.kind !== "modern" || route.messageKind !== "request") return undefined;
  const name = isJsonObject(params) ? params[METHODS[method] ?? ""] : undefined;
  const isRight = version === MODERN_VERSION && methodHeader === method &&
    typeof name === "string" && headers.get("mcp-name") === name;
  return isRight ? { era: "modern", message: route.message } : undefined;
}
