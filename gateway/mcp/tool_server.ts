import {
  type JSONRPCRequest,
  type Result,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Caller } from "../auth/access.ts";
import { callTool, type CallToolOptions } from "./call_tool.ts";
import { addEarlierTasks } from "./earlier_tasks.ts";
import { capabilitiesOf, MODERN_VERSION } from "./era.ts";
import { addExtensionTasks } from "./extension_tasks.ts";
import { describeUse } from "./instructions.ts";
import type { McpResult } from "./mcp_tools.ts";
import type { Params } from "./params.ts";
import { conceal } from "./rpc_errors.ts";
import type { TaskServer } from "./task_server.ts";
import { traceRequest } from "./trace_request.ts";

/** Answers the requests of a method. */
type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** What a server of tools stands on. */
export interface ToolServerOptions extends Omit<CallToolOptions, "project"> {
  /** Version of the gateway, as clients see it. */
  readonly version: string;
  /** Is told of what went wrong here, of which a client hears nothing more. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Answers requests in the words of one era. */
export class ToolServer extends Server implements TaskServer {
  readonly #options: ToolServerOptions;
  /** Calls that became tasks, by the ids of their requests. */
  readonly #started = new Map<JSONRPCRequest["id"], Result>();

  /** @param options what it stands on */
  constructor(options: ToolServerOptions) {
    const { tools, tasks, clock, era, version, onError } = options;
    super({ name: "asya-gateway", version }, {
      ...(era === "modern" && { supportedProtocolVersions: [MODERN_VERSION] }),
      capabilities: capabilitiesOf(era, tasks !== undefined),
      instructions: describeUse(tools.find("asya_job") !== undefined),
      jsonSchemaValidator: NO_VALIDATOR,
    });
    this.#options = options;
    const project = (result: McpResult, tool: string) =>
      this.projectCallToolResult({ ...result }, tools.find(tool)?.outputSchema);
    const calls = { ...options, project };
    this.setRequestHandler("tools/list", () => ({ tools: [...tools.list()] }));
    this.setRequestHandler("tools/call", async ({ params }, context) => {
      const called = await conceal(() => callTool(calls, params, context), onError);
      if (called.kind === "answered") return called.result;
      this.#started.set(context.mcpReq.id, called.answer);
      return { content: [] };
    });
    if (tasks && era === "modern") addExtensionTasks(this, tasks);
    if (tasks && era === "legacy") addEarlierTasks(this, { tasks, clock, project });
  }

  on<P>(
    method: string,
    params: Params<P>,
    answer: (params: P, caller: Caller, context: ServerContext) => Promise<Result>,
  ): void {
    const { requestOf, onError } = this.#options;
    this.setRequestHandler(
      method,
      params,
      (parsed, context) =>
        conceal(() => answer(parsed, requestOf(context).caller, context), onError),
    );
  }

  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const checked = super._wrapHandler(method, handler);
    const answer = method === "tools/call" ? this.#allowTasks(checked) : checked;
    return async (message, context) => {
      const { tracing, tools, requestOf } = this.#options;
      const work = () => answer(message, context);
      if (!tracing) return await work();
      return await traceRequest({ tracing, tools }, { message, from: requestOf(context) }, work);
    };
  }

  /** Lets a call be answered with a task: the SDK's own check of results knows of none. */
  #allowTasks(checked: Handler): Handler {
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
