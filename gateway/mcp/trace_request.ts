import { isSampled, parseTraceparent, type Tracing } from "@asya/program";
import { isJsonObject, type Json } from "@asya/protocol";
import { type JSONRPCRequest, ProtocolErrorCode, type Result } from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import { traceHeaders } from "../http/trace_headers.ts";
import { MODERN_VERSION } from "./era.ts";
import type { McpTools } from "./mcp_tools.ts";
import { rpcCodeOf } from "./rpc_errors.ts";

/** What requests are traced with. */
export interface TraceOptions {
  readonly tracing: Tracing;
  readonly tools: Pick<McpTools, "find">;
}

/** One request of the protocol, and the HTTP request that it came in. */
export interface TracedRequest {
  readonly message: JSONRPCRequest;
  readonly from: McpRequest;
}

/**
 * Answers a request as a span: part of the trace that its `_meta` tells of and linked to the HTTP
 * request, or part of that. What is not recorded is answered without one.
 *
 * @param options what it is traced with
 * @param request what is answered
 * @param answer answers it
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 */
export async function traceRequest(
  { tracing, tools }: TraceOptions,
  { message, from }: TracedRequest,
  answer: () => Promise<Result>,
): Promise<Result> {
  const { method, params = {} } = message;
  const http = from.span?.context;
  const told = parseTraceparent(params._meta?.traceparent);
  const parent = told ?? http;
  if (!parent || !isSampled(parent)) return await answer();
  const tool = method === "tools/call" && typeof params.name === "string"
    ? tools.find(params.name)?.name
    : undefined;
  const id = idOf(message, from);
  const span = tracing.start(tool === undefined ? method : `${method} ${tool}`, {
    kind: "server",
    parent,
    links: told && http ? [http] : [],
    attributes: {
      "mcp.method.name": method,
      "mcp.protocol.version": from.request.headers.get("mcp-protocol-version") ?? MODERN_VERSION,
      "network.protocol.name": "http",
      "network.transport": "tcp",
      ...(id !== undefined && { "jsonrpc.request.id": String(id) }),
      ...(method === "tools/call" && { "gen_ai.operation.name": "execute_tool" }),
      ...(tool !== undefined && { "gen_ai.tool.name": tool }),
    },
  });
  try {
    const result = await span.run(answer);
    if (result.isError === true) span.fail("tool_error");
    return result;
  } catch (error) {
    const code = String(rpcCodeOf(error) ?? ProtocolErrorCode.InternalError);
    span.set({ "rpc.response.status_code": code });
    span.fail(code);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * The trace headers for what a request makes: of the span at work, which is the request's own where
 * it is recorded, unless its `_meta` tells of a trace that is not.
 *
 * @param tracing the platform's, where it is on
 * @param meta the request's `_meta`
 * @param headers the HTTP request's
 */
export function traceHeadersIn(
  tracing: Tracing | undefined,
  meta: Readonly<Record<string, unknown>>,
  headers: Headers,
): ReturnType<typeof traceHeaders> {
  // The newer revision carries the caller's trace in the message, the earlier ones in headers.
  const { traceparent = headers.get("traceparent"), tracestate = headers.get("tracestate") } = meta;
  const inMessage = parseTraceparent(meta.traceparent);
  const isKeptOut = inMessage !== undefined && !isSampled(inMessage);
  const here = isKeptOut ? undefined : tracing?.active()?.context;
  return traceHeaders({ traceparent, tracestate }, here);
}

/** The client's own id of a request: on the shared way it has another one. */
function idOf({ id }: JSONRPCRequest, { body }: McpRequest): Json | undefined {
  return isJsonObject(body) ? body.id : id;
}
