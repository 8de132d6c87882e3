import {
  type ClientSessionPortOptions,
  createTaskSessionFromClient,
  type RawClientDispatch,
  resultFromTaskOutcome,
  type TaskEnabledSession,
  type TaskOutcome,
  toolDeclarationFromMcpTool,
} from "@modelcontextprotocol/ext-tasks/client";
import { taskId } from "@modelcontextprotocol/ext-tasks/core";
import { isJsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import { connect2026 } from "./connect_2026.ts";
import type { TaskClient } from "./task_client.ts";
import type { ToolResult } from "./tool_client.ts";

/** The revision whose tasks are an extension. */
const REVISION = "2026-07-28";

/** Who the client says it is, and knows. */
const FRAMING = {
  protocolVersion: REVISION,
  clientInfo: { name: "client-2026", version: "1" },
  clientCapabilities: {},
};

/**
 * The official client of tasks, on the official client of the revision 2026-07-28.
 *
 * @param url an MCP endpoint
 * @param mode `legacy` speaks of tasks as 2025-11-25 does, `modern` as the extension does
 */
export async function createTaskClient2026(
  url: URL,
  mode: "legacy" | "modern",
): Promise<TaskClient> {
  const { client } = await connect2026(url, mode);
  const { tools } = await client.listTools();
  const declarations = new Map(tools.map((tool) => [tool.name, toolDeclarationFromMcpTool(tool)]));
  const dispatch: ClientSessionPortOptions = mode === "modern"
    ? { rawDispatch: dispatchTo(url), v2RequestFraming: FRAMING }
    : {};
  const session = createTaskSessionFromClient(client, {
    endpointId: url.href,
    tools: { currentTool: (name) => declarations.get(name) },
    ...dispatch,
  });
  return createTaskClient(session, () => client.close());
}

function createTaskClient(session: TaskEnabledSession, close: () => Promise<void>): TaskClient {
  const call = async (name: string, args: object) => {
    const execution = await session.callTool(name, { ...args }, { task: { preference: "prefer" } });
    assert(execution.kind === "task", `the call of ${name} became no task`);
    return execution;
  };
  return {
    async run(name, args) {
      const execution = await call(name, args);
      const states = new Set<string>();
      const { outcome } = await execution.settle({
        onEvent(event) {
          if (event.type === "task") states.add(event.task.status);
        },
      });
      return { states: [...states], result: resultOf(outcome) };
    },
    async start(name, args) {
      const execution = await call(name, args);
      await execution.detach();
      // A session that closes cancels what it still follows.
      await execution.result();
      return execution.handle.taskId;
    },
    state: async (id) => (await session.task(taskId(id)).snapshot()).status,
    result: async (id) => resultOf(await session.task(taskId(id)).result()),
    cancel: (id) => session.task(taskId(id)).cancel(),
    async list() {
      if (session.capabilities.inventory !== "server-list") return undefined;
      return (await session.listTasks()).tasks.map(({ taskId }) => taskId);
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await close();
    },
  };
}

/** What a tool answered; of a failed task, all that the client says of it. */
function resultOf(outcome: TaskOutcome<object>): ToolResult {
  if (outcome.status === "failed") {
    return { content: [{ type: "text", text: outcome.error.message }], isError: true };
  }
  const result = resultFromTaskOutcome(outcome);
  assert("content" in result && Array.isArray(result.content), JSON.stringify(result));
  return { ...result, content: result.content };
}

/** Sends a request past the client, which does not know the extension's answers. */
function dispatchTo(url: URL): RawClientDispatch {
  let id = 0;
  return async (request, options) => {
    assert(isJsonObject(request) && isJsonObject(request.params), JSON.stringify(request));
    const { method, params } = request;
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": REVISION,
        "Mcp-Method": String(method),
        ...(typeof params.name === "string" && { "Mcp-Name": params.name }),
        ...options?.context?.headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++id, ...request }),
      ...(options?.signal && { signal: options.signal }),
    });
    const answer = await response.json();
    return "result" in answer
      ? { kind: "result", result: answer.result }
      : { kind: "error", error: answer.error };
  };
}
