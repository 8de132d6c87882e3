import type { Tracing } from "@asya/program";
import { isJsonObject } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import type { ToolCall } from "../tools/tool_call.ts";
import { createClientFeed } from "./client_feed.ts";
import { declaresTasks } from "./declares_tasks.ts";
import { describeEarlierStart, describeStart } from "./describe_task.ts";
import type { Era } from "./era.ts";
import type { McpTasks, StartedTask } from "./mcp_tasks.ts";
import type { McpResult, McpTools } from "./mcp_tools.ts";
import { invalidParams, refusedCall } from "./rpc_errors.ts";
import { traceHeadersIn } from "./trace_request.ts";

/** What calls stand on. */
export interface CallToolOptions {
  readonly tools: McpTools;
  /** Without them, no call can be a task. */
  readonly tasks?: McpTasks | undefined;
  readonly clock: Clock;
  /** The platform's, where it is on. */
  readonly tracing?: Tracing | undefined;
  readonly era: Era;
  /** The request that a message came in. */
  readonly requestOf: (context: ServerContext) => McpRequest;
  /** Makes the result of a tool fit for the revision. */
  readonly project: (result: McpResult, tool: string) => CallToolResult;
}

/** The parameters of a call. */
export interface CallParams {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
  /** Set by clients of 2025-11-25 that want a task. */
  readonly task?: unknown;
}

/** What became of a call: a result, or a task with what is answered about it. */
export type Called =
  | { readonly kind: "answered"; readonly result: CallToolResult }
  | { readonly kind: "task"; readonly answer: Result };

/**
 * Calls a tool, at once or as a task.
 *
 * @param options what it stands on
 * @param params of the request
 * @param context of the request
 * @throws an error of JSON-RPC, where no tool answers
 */
export async function callTool(
  options: CallToolOptions,
  params: CallParams,
  context: ServerContext,
): Promise<Called> {
  const { tools, tasks, clock, era, project } = options;
  const call = toToolCall(options, params, context);
  if (tasks && isForTask(options, params, context)) {
    return describeStarted(options, params, await tasks.start(call));
  }
  const feed = createClientFeed(context, clock);
  try {
    const answer = await tools.call({
      ...call,
      watcher: feed,
      gone: context.mcpReq.signal,
      // Only the newer revision takes a lost connection for the wish to cancel.
      cancelsWhenGone: era === "modern",
    });
    if (answer.kind === "refused") throw refusedCall(answer);
    return { kind: "answered", result: project(answer.result, call.name) };
  } finally {
    await feed?.end();
  }
}

/**
 * Whether a call is to be a task. The earlier revision asks for one; with the extension it is for
 * the server to say, and a client that watches progress, or a tool that always waits, stays.
 */
function isForTask({ tools, era }: CallToolOptions, params: CallParams, context: ServerContext) {
  const { name, arguments: args, task } = params;
  const canBe = tools.find(name)?.execution !== undefined;
  if (era === "modern") {
    const { envelope, _meta } = context.mcpReq;
    return canBe && declaresTasks(envelope) && _meta?.progressToken === undefined &&
      !tools.waits({ name, arguments: isJsonObject(args) ? args : {} });
  }
  if (task === undefined) return false;
  if (canBe || !tools.find(name)) return true;
  const message = `${name} cannot be called as a task; call it without params.task`;
  throw new ProtocolError(ProtocolErrorCode.MethodNotFound, message);
}

function describeStarted(
  { era, project }: CallToolOptions,
  { name }: CallParams,
  started: StartedTask,
): Called {
  if (started.kind === "refused") throw refusedCall(started);
  const result = started.kind === "answered" ? started.result : started.task.result;
  // The extension lets what is over already be answered like any other call.
  if (era === "modern" && result) return { kind: "answered", result: project(result, name) };
  if (started.kind === "answered") throw invalidParams(textOf(started.result));
  const describe = era === "modern" ? describeStart : describeEarlierStart;
  return { kind: "task", answer: describe(started.task) };
}

function toToolCall(
  { requestOf, tracing }: CallToolOptions,
  { name, arguments: args = {} }: CallParams,
  context: ServerContext,
): ToolCall {
  const { caller, key, baseUrl, request } = requestOf(context);
  return {
    name,
    arguments: isJsonObject(args) ? args : {},
    caller,
    key,
    headers: traceHeadersIn(tracing, context.mcpReq._meta ?? {}, request.headers),
    baseUrl,
  };
}

function textOf({ content }: McpResult): string {
  return content.map((part) => part.type === "text" ? part.text : "").join("\n");
}
