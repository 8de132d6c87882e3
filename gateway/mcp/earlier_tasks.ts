import type { Clock } from "@asya/transport";
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { CallWatcher } from "../tools/tool_call.ts";
import { createClientFeed } from "./client_feed.ts";
import { describeEarlierResult, describeEarlierTask, relatedTask } from "./describe_task.ts";
import type { McpTasks } from "./mcp_tasks.ts";
import type { McpResult } from "./mcp_tools.ts";
import { cursorParams, taskParams } from "./params.ts";
import { invalidParams } from "./rpc_errors.ts";
import { findTask, type TaskServer } from "./task_server.ts";

/** What the tasks of 2025-11-25 stand on. */
export interface EarlierTasksOptions {
  readonly tasks: McpTasks;
  readonly clock: Clock;
  /** Makes the result of a tool fit for the revision. */
  readonly project: (result: McpResult, tool: string) => CallToolResult;
}

/**
 * Has a server answer about tasks in the words of 2025-11-25.
 *
 * @param server the server
 * @param options what they stand on
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
 */
export function addEarlierTasks(server: TaskServer, options: EarlierTasksOptions): void {
  const { tasks, clock, project } = options;
  server.on("tasks/get", taskParams, async ({ taskId }, caller) => {
    return describeEarlierTask(await findTask(tasks, taskId, caller));
  });
  server.on("tasks/result", taskParams, async ({ taskId }, caller, context) => {
    let task = await findTask(tasks, taskId, caller);
    if (task.status === "working") {
      const feed = createClientFeed(context, clock, relatedTask(taskId));
      await tasks.follow(taskId, feed ?? NOBODY, context.mcpReq.signal);
      await feed?.end();
      task = await findTask(tasks, taskId, caller);
    }
    const { result, tool } = task;
    if (result) return describeEarlierResult(taskId, project(result, tool));
    const message = "the gateway is about to stop; the task goes on, ask for its result again";
    throw new ProtocolError(ProtocolErrorCode.InternalError, message);
  });
  server.on("tasks/list", cursorParams, async ({ cursor }, caller) => {
    const page = await tasks.list(caller, cursor);
    return { tasks: page.tasks.map(describeEarlierTask), nextCursor: page.next };
  });
  server.on("tasks/cancel", taskParams, async ({ taskId }, caller) => {
    const { status } = await findTask(tasks, taskId, caller);
    if (status !== "working") throw invalidParams(`the task has ended already: it is ${status}`);
    await tasks.cancel(taskId, caller);
    return describeEarlierTask(await findTask(tasks, taskId, caller));
  });
}

/** Watches without telling anybody. */
const NOBODY: CallWatcher = {
  started: () => Promise.resolve(),
  updated: () => Promise.resolve(),
};
