import type { Span } from "@asya/program";
import { type Json, MAX_MESSAGE_DEPTH } from "@asya/protocol";
import type { Caller } from "../auth/access.ts";
import { scopeOfRpc, scopeOfTool } from "../auth/needed_scope.ts";
import type { App, Guards } from "./app_env.ts";
import { withObjectContent } from "../tools/call_result.ts";
import { parseCall } from "./parse_call.ts";
import { parseIdempotencyKey } from "./parse_idempotency_key.ts";
import { readBody } from "./read_body.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { traceHeadersOf } from "./trace_headers.ts";

/** A request of the Model Context Protocol, with what is known of it already. */
export interface McpRequest {
  readonly request: Request;
  /** The parsed body, where there is one. */
  readonly body: Json | undefined;
  readonly caller: Caller;
  /** What the caller knows a call in it by. */
  readonly key: string | undefined;
  readonly baseUrl: string;
  /** The span that the platform makes of the request, where it traces. */
  readonly span?: Span | undefined;
}

/** What the routes for tools stand on. */
export interface ToolRoutesOptions {
  readonly toolbox: Toolbox;
  readonly answerMcp: (request: McpRequest) => Promise<Response>;
  /** The gateway's URL as callers know it. */
  readonly baseUrlOf: (request: Request) => string;
  readonly maxBodyBytes: number;
}

/** @see https://www.jsonrpc.org/specification#error_object */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/** How a call is refused that makes no job, and is not answered by its tool. */
const REFUSAL_STATUS = { unknown_tool: 404, key_reused: 422, full: 503 } as const;

/** Adds the routes by which tools are listed and called. */
export function addToolRoutes(app: App, guards: Guards, options: ToolRoutesOptions): void {
  const { toolbox, answerMcp, baseUrlOf, maxBodyBytes } = options;
  const limits = { maxBytes: maxBodyBytes, maxDepth: MAX_MESSAGE_DEPTH };

  app.get("/tools", guards.needs("tools:call"), (c) => c.json({ tools: toolbox.list() }));

  app.post("/tools/call", guards.needs("tools:call"), async (c) => {
    const body = await readBody(c.req.raw, limits);
    if (!body.ok) return c.json({ error: body.error }, body.status);
    const call = parseCall(body.value);
    if (!call.ok) return c.json({ error: call.problems.join("; ") }, 400);
    const { name, arguments: args = {} } = call.value;
    const refusal = guards.refuseScope(c, scopeOfTool(name, args));
    if (refusal) return refusal;
    const parsedKey = parseIdempotencyKey(c.req.header("idempotency-key"));
    if (!parsedKey.ok) return c.json({ error: parsedKey.problems.join("; ") }, 400);
    c.var.span?.set({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name });
    const answer = await toolbox.call({
      name,
      arguments: args,
      caller: c.var.caller,
      key: parsedKey.value,
      headers: traceHeadersOf(c),
      baseUrl: baseUrlOf(c.req.raw),
    });
    if (answer.kind === "answered") return c.json(withObjectContent(answer.result));
    return c.json({ error: answer.message }, REFUSAL_STATUS[answer.reason]);
  });

  app.all("/mcp", guards.needs("tools:call"), async (c) => {
    const { raw: request } = c.req;
    const { caller, span } = c.var;
    const baseUrl = baseUrlOf(request);
    const refuse = (code: number, message: string, status: 400 | 413 | 415) =>
      c.json({ jsonrpc: "2.0", id: null, error: { code, message } }, status);
    const parsedKey = parseIdempotencyKey(c.req.header("idempotency-key"));
    if (!parsedKey.ok) return refuse(INVALID_REQUEST, parsedKey.problems.join("; "), 400);
    const { value: key } = parsedKey;
    if (request.method !== "POST") {
      return await answerMcp({ request, body: undefined, caller, key, baseUrl, span });
    }
    const body = await readBody(request, { ...limits, isAnyType: true });
    if (!body.ok) return refuse(PARSE_ERROR, body.error, body.status);
    const refusal = guards.refuseScope(c, scopeOfRpc(body.value));
    return refusal ?? await answerMcp({ request, body: body.value, caller, key, baseUrl, span });
  });
}
