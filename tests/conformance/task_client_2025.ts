// @ts-types="@modelcontextprotocol/sdk/types"
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import assert from "node:assert/strict";
import { connect2025 } from "./connect_2025.ts";
import type { TaskClient } from "./task_client.ts";

/** How long a task shall be kept. */
const TTL_MS = 60_000;

/**
 * The tasks of the official client whose line ends with the revisions of 2025.
 *
 * @param url an MCP endpoint
 */
export async function createTaskClient2025(url: URL): Promise<TaskClient> {
  const { client } = await connect2025(url);
  const { tasks } = client.experimental;
  await client.listTools();
  const stream = (name: string, args: object) =>
    tasks.callToolStream({ name, arguments: { ...args } }, CallToolResultSchema, {
      task: { ttl: TTL_MS },
    });
  return {
    async run(name, args) {
      const states = new Set<string>();
      for await (const message of stream(name, args)) {
        if (message.type === "error") throw message.error;
        if (message.type === "result") return { states: [...states], result: message.result };
        states.add(message.task.status);
      }
      throw new Error(`the call of ${name} ended without a result`);
    },
    async start(name, args) {
      for await (const message of stream(name, args)) {
        assert(message.type === "taskCreated", JSON.stringify(message));
        return message.task.taskId;
      }
      throw new Error(`the call of ${name} became no task`);
    },
    state: async (id) => (await tasks.getTask(id)).status,
    result: (id) => tasks.getTaskResult(id, CallToolResultSchema),
    async cancel(id) {
      await tasks.cancelTask(id);
    },
    list: async () => (await tasks.listTasks()).tasks.map(({ taskId }) => taskId),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
