import type { Result, ServerContext } from "@modelcontextprotocol/server";
import type { Caller } from "../auth/access.ts";
import type { McpTask, McpTasks } from "./mcp_tasks.ts";
import type { Params } from "./params.ts";
import { invalidParams } from "./rpc_errors.ts";

/** A server that can be told how to answer about tasks. */
export interface TaskServer {
  /** Answers the requests of a method. */
  on<P>(
    method: string,
    params: Params<P>,
    answer: (params: P, caller: Caller, context: ServerContext) => Promise<Result>,
  ): void;
}

/**
 * Finds a task.
 *
 * @throws an error of JSON-RPC, for one that is unknown, or not the caller's
 */
export async function findTask(tasks: McpTasks, id: string, caller: Caller): Promise<McpTask> {
  const task = await tasks.find(id, caller);
  if (task) return task;
  throw invalidParams(`there is no task ${JSON.stringify(id)}`);
}
