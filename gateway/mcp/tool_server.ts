import { isJsonObject } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import {
  type CallToolResult,
  type JSONRPCRequest,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerCapabilities,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import { traceHeaders } from "../http/trace_headers.ts";
import type { CallWatcher, ToolCall } from "../tools/tool_call.ts";
import { declaresTasks, TASKS_EXTENSION } from "./declares_tasks.ts";
import {
  describeEarlierResult,
  describeEarlierStart,
  describeEarlierTask,
  describeStart,
  describeTask,
  relatedTask,
} from "./describe_task.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import type { McpTask, McpTasks } from "./mcp_tasks.ts";
import type { McpAnswer, McpResult, McpTools } from "./mcp_tools.ts";
import { cursorParams, taskParams } from "./params.ts";
import { ProgressFeed } from "./progress_feed.ts";

/** What a server of tools stands on. */
export interface ToolServerOptions {
  readonly tools: McpTools;
  /** Without them, no call can be a task. */
  readonly tasks?: McpTasks | undefined;
  /** Version of the gateway, as clients see it. */
  readonly version: string;
  readonly clock: Clock;
  /** The request that a message came in. */
  readonly requestOf: (context: ServerContext) => McpRequest;
  /** Is told of what went wrong here, of which a client hears nothing more. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The revision since 2026-07-28, or those before it. */
export type Era = "modern" | "legacy";

/** The revision of servers that are made for the newer era. */
const MODERN_VERSION = "2026-07-28";

const CAPABILITIES: Readonly<Record<Era, ServerCapabilities>> = {
  legacy: { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
  modern: { extensions: { [TASKS_EXTENSION]: {} } },
};

/** Answers requests in the words of a revision. */
export class ToolServer extends Server {
  readonly #options: ToolServerOptions;
  readonly #era: Era;
  /** Calls that became tasks, by the ids of their requests. */
  readonly #started = new Map<string | number, Result>();

  /**
   * @param options what it stands on
   * @param era the revision that is spoken
   */
  constructor(options: ToolServerOptions, era: Era) {
    const { version, tasks } = options;
    super({ name: "asya-gateway", version }, {
      ...(era === "modern" && { supportedProtocolVersions: [MODERN_VERSION] }),
      capabilities: { tools: { listChanged: true }, ...(tasks && CAPABILITIES[era]) },
      instructions: INSTRUCTIONS,
      jsonSchemaValidator: NO_VALIDATOR,
    });
    this.#options = options;
    this.#era = era;
    this.setRequestHandler("tools/list", () => ({ tools: [...options.tools.list()] }));
    this.setRequestHandler("tools/call", ({ params }, context) => this.#call(params, context));
    if (tasks) this.#addTasks(tasks);
  }

  /**
   * Keeps from clients what went wrong here, and lets a call be answered with a task: the SDK's own
   * check of results knows of none.
   */
  protected override _wrapHandler(
    method: string,
    handler: (request: JSONRPCRequest, context: ServerContext) => Promise<Result>,
  ): (request: JSONRPCRequest, context: ServerContext) => Promise<Result> {
    const checked = super._wrapHandler(method, async (request, context) => {
      try {
        return await handler(request, context);
      } catch (error) {
        if (error instanceof ProtocolError) throw error;
        this.#options.onError?.(error);
        const message = "something went wrong here; it was logged. Try again";
        throw new ProtocolError(ProtocolErrorCode.InternalError, message);
      }
    });
    if (method !== "tools/call") return checked;
    return async (request, context) => {
      const { id } = context.mcpReq;
      try {
        const result = await checked(request, context);
        return this.#started.get(id) ?? result;
      } finally {
        this.#started.delete(id);
      }
    };
  }

  async #call(params: CallParams, context: ServerContext): Promise<CallToolResult> {
    const call = this.#toToolCall(params, context);
    const task = await this.#startTask(params, call, context);
    if (task) return task;
    const feed = this.#createFeed(context);
    const answer = await this.#options.tools.call({
      ...call,
      watcher: feed,
      gone: context.mcpReq.signal,
      // Only the newer revision takes a lost connection for the wish to cancel.
      cancelsWhenGone: this.#era === "modern",
    });
    await feed?.end();
    if (answer.kind === "refused") throw toProtocolError(answer);
    return this.#project(answer.result, call.name);
  }

  /** The answer to a call that is to be a task; `undefined` when it is not to be one. */
  async #startTask(
    params: CallParams,
    call: ToolCall,
    context: ServerContext,
  ): Promise<CallToolResult | undefined> {
    const { tasks, tools } = this.#options;
    if (!tasks || !this.#wantsTask(params, call, context)) return undefined;
    const card = tools.find(call.name);
    if (card && card.execution === undefined) {
      if (this.#era === "modern") return undefined;
      throw new ProtocolError(
        ProtocolErrorCode.MethodNotFound,
        `${call.name} cannot be called as a task; call it without params.task`,
      );
    }
    const started = await tasks.start(call);
    if (started.kind === "refused") throw toProtocolError(started);
    if (started.kind === "answered") {
      if (this.#era === "modern") return this.#project(started.result, call.name);
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, textOf(started.result));
    }
    const { task } = started;
    const isOver = this.#era === "modern" && task.result !== undefined;
    if (isOver) return this.#project(task.result, call.name);
    const answer = this.#era === "modern" ? describeStart(task) : describeEarlierStart(task);
    this.#started.set(context.mcpReq.id, answer);
    return { content: [] };
  }

  /**
   * Whether a call is to be a task. The earlier revision asks for one; with the extension it is for
   * the server to say, and a client that watches progress, or a tool that always waits, stays.
   */
  #wantsTask(params: CallParams, call: ToolCall, context: ServerContext): boolean {
    if (this.#era === "legacy") return params.task !== undefined;
    return knowsTasks(context) && context.mcpReq._meta?.progressToken === undefined &&
      !this.#options.tools.waits(call);
  }

  #addTasks(tasks: McpTasks): void {
    const callerOf = (context: ServerContext) => this.#options.requestOf(context).caller;
    const find = async (taskId: string, context: ServerContext): Promise<McpTask> => {
      const task = await tasks.find(taskId, callerOf(context));
      if (task) return task;
      const message = `there is no task ${JSON.stringify(taskId)}`;
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
    };
    if (this.#era === "modern") {
      this.setRequestHandler("tasks/get", taskParams, async ({ taskId }, context) => {
        requireTasks(context);
        return describeTask(await find(taskId, context));
      });
      this.setRequestHandler("tasks/update", taskParams, async ({ taskId }, context) => {
        requireTasks(context);
        // No task asks for input, so that no answer is one that is waited for.
        await find(taskId, context);
        return {};
      });
      this.setRequestHandler("tasks/cancel", taskParams, async ({ taskId }, context) => {
        requireTasks(context);
        await find(taskId, context);
        await tasks.cancel(taskId, callerOf(context));
        return {};
      });
      return;
    }
    this.setRequestHandler("tasks/get", taskParams, async ({ taskId }, context) => {
      return describeEarlierTask(await find(taskId, context));
    });
    this.setRequestHandler("tasks/result", taskParams, async ({ taskId }, context) => {
      const { signal } = context.mcpReq;
      const feed = this.#createFeed(context, relatedTask(taskId));
      let task = await find(taskId, context);
      if (task.status === "working") {
        await tasks.follow(taskId, feed ?? NOBODY, signal);
        await feed?.end();
        task = await find(taskId, context);
      }
      const { result, tool } = task;
      if (result) return describeEarlierResult(taskId, this.#project(result, tool));
      const message = "the gateway is about to stop; the task goes on, ask for its result again";
      throw new ProtocolError(ProtocolErrorCode.InternalError, message);
    });
    this.setRequestHandler("tasks/list", cursorParams, async ({ cursor }, context) => {
      const page = await tasks.list(callerOf(context), cursor);
      return { tasks: page.tasks.map(describeEarlierTask), nextCursor: page.next };
    });
    this.setRequestHandler("tasks/cancel", taskParams, async ({ taskId }, context) => {
      const { status } = await find(taskId, context);
      if (status !== "working") {
        const message = `the task has ended already: it is ${status}`;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
      }
      await tasks.cancel(taskId, callerOf(context));
      return describeEarlierTask(await find(taskId, context));
    });
  }

  #toToolCall({ name, arguments: args = {} }: CallParams, context: ServerContext): ToolCall {
    const { caller, key, baseUrl, request } = this.#options.requestOf(context);
    // The newer revision carries the caller's trace in the message, the earlier ones in a header.
    const traceparent = context.mcpReq._meta?.traceparent ?? request.headers.get("traceparent");
    return {
      name,
      arguments: isJsonObject(args) ? args : {},
      caller,
      key,
      headers: traceHeaders(traceparent),
      baseUrl,
    };
  }

  /** Makes a result fit for the revision. */
  #project(result: McpResult, tool: string): CallToolResult {
    const { outputSchema } = this.#options.tools.find(tool) ?? {};
    return this.projectCallToolResult({ ...result }, outputSchema);
  }

  /** Sends progress to a client that has asked for it. */
  #createFeed({ mcpReq }: ServerContext, meta?: Result["_meta"]): ProgressFeed | undefined {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return undefined;
    return new ProgressFeed(async (note) => {
      if (mcpReq.signal.aborted) return;
      const params = { progressToken, ...note, ...(meta && { _meta: meta }) };
      await mcpReq.notify({ method: "notifications/progress", params });
    }, this.#options.clock);
  }
}

/** The parameters of a call. */
interface CallParams {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
  /** Set by clients of 2025-11-25 that want a task. */
  readonly task?: unknown;
}

/**
 * The validator would be for answers of clients to questions of the server; this one asks none, and
 * arguments are checked by the tools themselves.
 */
const NO_VALIDATOR = {
  getValidator: () => () => ({
    valid: false as const,
    data: undefined,
    errorMessage: "nothing is validated here",
  }),
};

/** Watches without telling anybody. */
const NOBODY: CallWatcher = {
  started: () => Promise.resolve(),
  updated: () => Promise.resolve(),
};

/** Whether a client says, with its request, that it knows the extension. */
function knowsTasks({ mcpReq }: ServerContext): boolean {
  return declaresTasks(mcpReq.envelope);
}

function requireTasks(context: ServerContext): void {
  if (knowsTasks(context)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

function toProtocolError({ reason, message }: McpAnswer & { kind: "refused" }): ProtocolError {
  const code = reason === "full"
    ? ProtocolErrorCode.InternalError
    : ProtocolErrorCode.InvalidParams;
  return new ProtocolError(code, message);
}

function textOf({ content }: McpResult): string {
  return content.map((part) => part.type === "text" ? part.text : "").join("\n");
}
