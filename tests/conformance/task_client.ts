import type { ToolResult } from "./tool_client.ts";

/** What the official clients have in common where calls become tasks. */
export interface TaskClient extends AsyncDisposable {
  /**
   * Follows a call to its result, in the client's own way.
   *
   * @returns the task's states, each once, and the result
   */
  run(name: string, args: object): Promise<{ states: string[]; result: ToolResult }>;
  /** Makes a call that becomes a task, and leaves it. @returns its id */
  start(name: string, args: object): Promise<string>;
  state(id: string): Promise<string>;
  /** Waits for the result. */
  result(id: string): Promise<ToolResult>;
  cancel(id: string): Promise<void>;
  /** The ids of all tasks; nothing where the revision has no list of them. */
  list(): Promise<string[] | undefined>;
}

/** Connects a client to an MCP endpoint. */
export type ConnectForTasks = (url: URL) => Promise<TaskClient>;
