import type { ServerContext } from "@modelcontextprotocol/server";
import { declaresTasks } from "./declares_tasks.ts";
import { describeTask } from "./describe_task.ts";
import type { McpTasks } from "./mcp_tasks.ts";
import { taskParams } from "./params.ts";
import { missingTasks } from "./rpc_errors.ts";
import { findTask, type TaskServer } from "./task_server.ts";

/**
 * Has a server answer about tasks in the words of the extension, to clients that know it.
 *
 * @param server the server
 * @param tasks what it answers about
 * @see https://modelcontextprotocol.github.io/ext-tasks/specification/2026-07-28/tasks.html
 */
export function addExtensionTasks(server: TaskServer, tasks: McpTasks): void {
  server.on("tasks/get", taskParams, async ({ taskId }, caller, context) => {
    requireTasks(context);
    return describeTask(await findTask(tasks, taskId, caller));
  });
  server.on("tasks/update", taskParams, async ({ taskId }, caller, context) => {
    requireTasks(context);
    // No task asks for input, so that no answer is one that is waited for.
    await findTask(tasks, taskId, caller);
    return {};
  });
  server.on("tasks/cancel", taskParams, async ({ taskId }, caller, context) => {
    requireTasks(context);
    await findTask(tasks, taskId, caller);
    await tasks.cancel(taskId, caller);
    return {};
  });
}

function requireTasks({ mcpReq }: ServerContext): void {
  if (!declaresTasks(mcpReq.envelope)) throw missingTasks();
}
