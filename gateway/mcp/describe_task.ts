import {
  type CallToolResult,
  RELATED_TASK_META_KEY,
  type Result,
} from "@modelcontextprotocol/server";
import type { McpTask } from "./mcp_tasks.ts";

/** A task in the words of 2025-11-25, where a tool's own error makes it a failed one. */
export function describeEarlierTask(task: McpTask): Result {
  return { ...describeBoth(task), ttl: task.ttlMs, pollInterval: task.pollIntervalMs };
}

/**
 * The answer, in 2025-11-25, to a call that became a task.
 *
 * @param task the task
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
 */
export function describeEarlierStart(task: McpTask): Result {
  const handed = `${task.tool} goes on as the task ${task.id}; its result comes later.`;
  return {
    task: describeEarlierTask(task),
    _meta: { "io.modelcontextprotocol/model-immediate-response": handed },
  };
}

/**
 * The answer, in 2025-11-25, to who waits for a task's result.
 *
 * @param taskId the task, which has ended
 * @param result what its call is answered with
 */
export function describeEarlierResult(taskId: string, result: CallToolResult): Result {
  return { ...result, _meta: relatedTask(taskId) };
}

/** What tells, in 2025-11-25, which task a message belongs to. */
export function relatedTask(taskId: string): { [RELATED_TASK_META_KEY]: { taskId: string } } {
  return { [RELATED_TASK_META_KEY]: { taskId } };
}

/**
 * A task in the words of the extension, where `failed` is kept for errors of the protocol: a tool's
 * own error is a result like any other.
 *
 * @param task the task
 * @see https://modelcontextprotocol.github.io/ext-tasks/specification/2026-07-28/tasks.html
 */
export function describeTask(task: McpTask): Result {
  const status = task.status === "failed" ? "completed" : task.status;
  return {
    ...describeBoth(task),
    status,
    ttlMs: task.ttlMs,
    pollIntervalMs: task.pollIntervalMs,
    ...(status === "completed" && task.result && {
      result: { resultType: "complete", ...task.result },
    }),
  };
}

/** The answer, with the extension, to a call that became a task. */
export function describeStart(task: McpTask): Result {
  return { ...describeTask(task), resultType: "task" };
}

function describeBoth({ id, status, message, createdAt, updatedAt }: McpTask): Result {
  return { taskId: id, status, statusMessage: message, createdAt, lastUpdatedAt: updatedAt };
}
