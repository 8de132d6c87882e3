import assert from "node:assert/strict";
import type { TestMesh } from "../kit/mod.ts";
import { endOf, mcpOf, restartGateway } from "./rounds.ts";
import type { ConnectForTasks } from "./task_client.ts";

/** How a client of tasks is tried. */
export interface TaskRounds {
  readonly mesh: TestMesh;
  readonly connect: ConnectForTasks;
  /** What a task is whose job has failed: the revisions differ in what a tool's own error is. */
  readonly stateOfFailed: "completed" | "failed";
  /** Whether the revision has a list of tasks. */
  readonly hasList: boolean;
}

/** All that calls are to be able to as tasks, each by a name. */
const TASK_ROUNDS: Readonly<Record<string, (rounds: TaskRounds) => Promise<void>>> = {
  async "follows a task to its result"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    const { states, result } = await client.run("work", { name: "Ada", workMs: 300 });
    assert.deepEqual(result.structuredContent, { greeting: "Hello, Ada!" });
    assert.equal(states[0], "working");
  },

  async "finds a task that another client has left, and its result"({ mesh, connect }) {
    const id = await leave(mesh, connect, { name: "Ada", workMs: 500 });
    await using client = await connect(mcpOf(mesh));
    assert.equal(await client.state(id), "working");
    const result = await client.result(id);
    assert.deepEqual(result.structuredContent, { greeting: "Hello, Ada!" });
    assert.equal(await client.state(id), "completed");
  },

  async "is told of its own tasks alone, where others count their requests alike"(
    { mesh, connect },
  ) {
    await using stack = new AsyncDisposableStack();
    const names = Array.from({ length: 8 }, (_, index) => `client ${index}`);
    const clients = await Promise.all(names.map(() => connect(mcpOf(mesh))));
    for (const client of clients) stack.use(client);
    const ids = await Promise.all(
      clients.map((client, index) => client.start("work", { name: names[index] })),
    );
    const results = await Promise.all(clients.map((client, index) => client.result(ids[index]!)));
    assert.deepEqual(
      results.map(({ structuredContent }) => structuredContent),
      names.map((name) => ({ greeting: `Hello, ${name}!` })),
    );
  },

  async "cancels a task"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    const id = await client.start("work", { name: "Ada", workMs: 2_000 });
    await client.cancel(id);
    assert.equal(await client.state(id), "cancelled");
    assert.equal((await endOf(mesh, id)).error, "job cancelled");
  },

  async "is told why a task's job failed"({ mesh, connect, stateOfFailed }) {
    await using client = await connect(mcpOf(mesh));
    const id = await client.start("work", { name: "Ada", failure: "no ink" });
    await endOf(mesh, id);
    assert.equal(await client.state(id), stateOfFailed);
    const result = await client.result(id);
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.content), /no ink/);
  },

  async "finds a task, and its result, when the gateway was away"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    const id = await client.start("work", { name: "Ada", workMs: 500 });
    await restartGateway(mesh);
    const result = await client.result(id);
    assert.deepEqual(result.structuredContent, { greeting: "Hello, Ada!" });
  },

  async "lists its tasks, newest first, where there is a list"({ mesh, connect, hasList }) {
    await using client = await connect(mcpOf(mesh));
    const older = await client.start("work", { name: "Ada" });
    await endOf(mesh, older);
    const newer = await client.start("work", { name: "Ada" });
    const listed = (await client.list())?.filter((id) => id === older || id === newer);
    assert.deepEqual(listed, hasList ? [newer, older] : undefined);
  },

  async "is told that a task is unknown"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await assert.rejects(client.state(crypto.randomUUID()), /there is no task/);
  },
};

/** Makes every round with a client, each as a step. */
export async function tryTasks(t: Deno.TestContext, rounds: TaskRounds): Promise<void> {
  for (const [name, round] of Object.entries(TASK_ROUNDS)) {
    await t.step(name, () => round(rounds));
  }
}

async function leave(mesh: TestMesh, connect: ConnectForTasks, args: object): Promise<string> {
  await using client = await connect(mcpOf(mesh));
  return await client.start("work", args);
}
