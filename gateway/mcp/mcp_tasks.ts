import type { Caller } from "../auth/access.ts";
import type { CallWatcher, ToolAnswer, ToolCall } from "../tools/tool_call.ts";
import type { McpResult } from "./mcp_tools.ts";

/** Calls that go on without their callers. A task that is not the caller's is an unknown one. */
export interface McpTasks {
  /** Makes a task of a call; it can be found from then on. */
  start(call: ToolCall): Promise<StartedTask>;
  /** Finds a task. */
  find(id: string, caller: Caller): Promise<McpTask | undefined>;
  /** Lists a caller's tasks, newest first. */
  list(caller: Caller, cursor?: string): Promise<TaskPage>;
  /** Gives up a task, if it has not ended. */
  cancel(id: string, caller: Caller): Promise<void>;
  /**
   * Tells a watcher of a task, from its beginning to its end.
   *
   * @param gone aborts when the watcher has gone away
   */
  follow(id: string, watcher: CallWatcher, gone: AbortSignal): Promise<void>;
}

/** A call that goes on without its caller. */
export interface McpTask {
  readonly id: string;
  readonly tool: string;
  /** Where it stands; a tool's own error counts as `failed`. */
  readonly status: "working" | "completed" | "failed" | "cancelled";
  /** How it goes, as a sentence. */
  readonly message: string;
  /** RFC 3339 time at which it was called. */
  readonly createdAt: string;
  /** RFC 3339 time of the latest change. */
  readonly updatedAt: string;
  /** How long after its creation it is kept at least, in milliseconds. */
  readonly ttlMs: number;
  /** How often it is worth asking after, in milliseconds. */
  readonly pollIntervalMs: number;
  /** What the call is answered with; there once the task has ended, except in a list. */
  readonly result?: McpResult;
}

/** What became of a call that is to be a task, or why nothing did. */
export type StartedTask =
  | { readonly kind: "started"; readonly task: McpTask }
  | { readonly kind: "answered"; readonly result: McpResult }
  | ToolAnswer & { readonly kind: "refused" };

/** Some tasks, and where the next ones begin, if there are any. */
export interface TaskPage {
  readonly tasks: readonly McpTask[];
  readonly next?: string | undefined;
}
