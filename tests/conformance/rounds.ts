import { isJsonObject, type Json } from "@asya/protocol";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { GatewayClient, poll, TcpProxy, type TestMesh } from "../kit/mod.ts";
import { TOOL_NAMES } from "./client_mesh.ts";
import type { CallOptions, Connect, Progress, ToolClient, ToolResult } from "./tool_client.ts";

/** How a client is tried. */
export interface Rounds {
  readonly mesh: TestMesh;
  readonly connect: Connect;
  /** Whether its revision takes a call that is given up for the wish to cancel the job. */
  readonly cancelsWhenGone: boolean;
}

/** All that every official client is to be served in, each by a name. */
export const ROUNDS: Readonly<Record<string, (rounds: Rounds) => Promise<void>>> = {
  async "lists the tools, in order"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    const tools = await client.list();
    assert.deepEqual(tools.map(({ name }) => name), TOOL_NAMES);
  },

  async "calls without a token, and is given the job's id"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const result = await client.call("work", { name: "Ada" });
    const id = jobIdOf(result);
    assert.match(textOf(result), new RegExp(`^Job created successfully with ID: ${id}`));
    const waited = await client.call("asya_job", { job_id: id, action: "wait" });
    assert.deepEqual(structureOf(waited).result, { greeting: "Hello, Ada!" });
  },

  async "calls with a token: progress rises, chunks come, the result is as promised"(
    { mesh, connect },
  ) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const seen: Progress[] = [];
    // Reports of chunks wait for nobody: one that comes after the end is too late to be told.
    const result = await client.call("work", { name: "Ada", chunks: 40, workMs: 700 }, {
      onprogress: (progress) => seen.push(progress),
    });
    assert.deepEqual(result.structuredContent, { greeting: "Hello, Ada!" });
    assert.deepEqual(JSON.parse(textOf(result)), result.structuredContent);
    assertRises(seen);
    const messages = seen.map(({ message = "" }) => message);
    assert.match(messages[0] ?? "", /^job [0-9a-f-]{36} was created$/);
    // Chunks that come fast are told together.
    const chunks = messages.filter((message) => message.startsWith("{")).join("");
    assert.equal(chunks, Array.from({ length: 40 }, (_, n) => `{"chunk":${n + 1}}`).join(""));
    assert(messages.some((message) => message.includes("processing")), messages.join("\n"));
  },

  async "is told of a result that is not what the tool promises"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const result = await client.call("break_word", {});
    assert.equal(result.isError, true);
    assert.match(textOf(result), /not what the tool promises: .*count/);
  },

  async "is told why a job failed"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const result = await client.call("await_work", { name: "Ada", failure: "no ink" });
    assert.equal(result.isError, true);
    assert.match(textOf(result), /no ink/);
  },

  async "is told which argument is wrong"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const result = await client.call("await_work", { name: 7, size: "small" });
    assert.equal(result.isError, true);
    assert.match(textOf(result), /name/);
    assert.match(textOf(result), /size/);
  },

  async "is told that a tool is unknown"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await assert.rejects(client.call("wrok", {}), (error) => {
      assert(error instanceof Error && "code" in error);
      assert.equal(error.code, -32602);
      assert.match(error.message, /wrok/);
      return true;
    });
  },

  async "gives a call up"({ mesh, connect, cancelsWhenGone }) {
    await using client = await connect(mcpOf(mesh));
    const leave = new AbortController();
    const { id, called } = await watchCall(client, { signal: leave.signal });
    leave.abort();
    await assert.rejects(called);
    await assertLeft(mesh, id, cancelsWhenGone);
  },

  async "is cut off from a call, and comes back for its job"({ mesh, connect, cancelsWhenGone }) {
    const url = mcpOf(mesh);
    await using network = new TcpProxy(Number(url.port));
    await using cutOff = await connect(new URL(`http://127.0.0.1:${network.port}/mcp`));
    const leave = new AbortController();
    const { id, called } = await watchCall(cutOff, { signal: leave.signal });
    network.takeDown();
    // Some clients notice, and some wait for an answer until they have had enough of it.
    leave.abort();
    await assert.rejects(called);
    await assertLeft(mesh, id, cancelsWhenGone);
    await using client = await connect(url);
    const job = structureOf(await client.call("asya_job", { job_id: id }));
    assert.equal(job.status, cancelsWhenGone ? "Failed" : "Succeeded");
  },

  async "cancels a job by its id"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const id = jobIdOf(await client.call("work", { name: "Ada", workMs: 1_500 }));
    const cancelled = await client.call("asya_job", { job_id: id, action: "cancel" });
    assert.equal(structureOf(cancelled).error, "job cancelled");
  },

  async "makes calls side by side"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const names = Array.from({ length: 20 }, (_, index) => `caller ${index}`);
    const results = await Promise.all(names.map((name) => client.call("await_work", { name })));
    assert.deepEqual(
      results.map(({ structuredContent }) => structuredContent),
      names.map((name) => ({ greeting: `Hello, ${name}!` })),
    );
  },

  async "is told of its own jobs alone, where others count their requests alike"(
    { mesh, connect },
  ) {
    await using stack = new AsyncDisposableStack();
    const names = Array.from({ length: 8 }, (_, index) => `client ${index}`);
    const clients = await Promise.all(names.map(async (name) => {
      const client = stack.use(await connect(mcpOf(mesh)));
      await client.list();
      return { name, client };
    }));
    for (let turn = 0; turn < 3; turn++) {
      const ids = await Promise.all(clients.map(async ({ name, client }) => {
        return jobIdOf(await client.call("work", { name }));
      }));
      const greetings = await Promise.all(clients.map(async ({ client }, index) => {
        const job = await client.call("asya_job", { job_id: ids[index], action: "wait" });
        return structureOf(job).result;
      }));
      assert.deepEqual(greetings, names.map((name) => ({ greeting: `Hello, ${name}!` })));
    }
  },

  async "hears of other tools"({ mesh, connect }) {
    const gateway = mesh.process("gateway");
    const toolsPath = gateway.plan.env.ASYA_CONFIG_PATH ?? "";
    const before = await Deno.readTextFile(toolsPath);
    const heard: (readonly string[])[] = [];
    const heardOf = (name: string) => heard.some((names) => names.includes(name));
    await using _client = await connect(mcpOf(mesh), (names) => heard.push(names));
    try {
      let changes = 0;
      // A client begins to listen some time after it has connected: what changes before is missed.
      await poll("word of a further tool", async () => {
        const name = `further_${++changes}`;
        await Deno.writeTextFile(toolsPath, `${before}\n  - { name: ${name}, route: [work] }\n`);
        gateway.now.signal("SIGHUP");
        return await poll(`word of ${name}`, () => heardOf(name), { timeoutMs: 1_000 })
          .catch(() => undefined);
      });
    } finally {
      await Deno.writeTextFile(toolsPath, before);
      gateway.now.signal("SIGHUP");
    }
    await poll("word that it is gone", () => isDeepStrictEqual(heard.at(-1), TOOL_NAMES));
  },

  async "goes on when the gateway was away, and finds its job"({ mesh, connect }) {
    await using client = await connect(mcpOf(mesh));
    await client.list();
    const id = jobIdOf(await client.call("work", { name: "Ada" }));
    await restartGateway(mesh);
    const waited = await client.call("asya_job", { job_id: id, action: "wait" });
    assert.deepEqual(structureOf(waited).result, { greeting: "Hello, Ada!" });
    const again = await client.call("await_work", { name: "Ada" });
    assert.deepEqual(again.structuredContent, { greeting: "Hello, Ada!" });
  },
};

/** Makes a call that takes its time, and waits until it has said which job it became. */
async function watchCall(client: ToolClient, { signal }: Required<Pick<CallOptions, "signal">>) {
  const created = Promise.withResolvers<string>();
  const called = client.call("work", { name: "Ada", workMs: 800 }, {
    signal,
    onprogress({ message }) {
      const id = /^job (\S+) was created$/.exec(message ?? "")?.[1];
      if (id !== undefined) created.resolve(id);
    },
  });
  const tooEarly = called.then((result): never => assert.fail(`answered ${textOf(result)}`));
  return { id: await Promise.race([created.promise, tooEarly]), called };
}

/** A job whose caller has gone away ends as its revision has it. */
async function assertLeft(mesh: TestMesh, id: string, isCancelled: boolean): Promise<void> {
  const { status, error, result } = await endOf(mesh, id);
  if (isCancelled) assert.deepEqual([status, error], ["Failed", "job cancelled"]);
  else assert.deepEqual([status, result], ["Succeeded", { greeting: "Hello, Ada!" }]);
}

/** Kills a mesh's gateway, and waits until another one is in its place. */
export async function restartGateway(mesh: TestMesh): Promise<void> {
  const gateway = mesh.process("gateway");
  const before = gateway.now;
  await before.kill();
  await poll("another gateway", () => gateway.now !== before);
  await mesh.waitUntilReady();
}

/** Where a mesh serves MCP. */
export function mcpOf({ gatewayUrl }: TestMesh): URL {
  return new URL("/mcp", gatewayUrl);
}

/** The only text of an answer. */
export function textOf({ content }: ToolResult): string {
  assert.equal(content.length, 1);
  return content[0]?.text ?? "";
}

/** The job whose id was the answer. */
export function jobIdOf(result: ToolResult): string {
  const id = structureOf(result).job_id;
  assert(typeof id === "string", JSON.stringify(result));
  return id;
}

/** A job at its end. */
export function endOf({ gatewayUrl }: TestMesh, id: string) {
  const gateway = new GatewayClient(gatewayUrl);
  return poll(`the end of ${id}`, async () => {
    const job = await gateway.job(id);
    return ["Succeeded", "Failed"].includes(job.status) && job;
  });
}

function structureOf({ structuredContent }: ToolResult) {
  assert(isJsonObject(structuredContent as Json), JSON.stringify(structuredContent));
  return structuredContent as Record<string, Json>;
}

function assertRises(seen: readonly Progress[]): void {
  for (const [index, { progress, total }] of seen.entries()) {
    assert.equal(total, 100);
    assert(progress > (seen[index - 1]?.progress ?? -1), JSON.stringify(seen));
  }
}

/** Makes every round with a client, each as a step. */
export async function tryClient(t: Deno.TestContext, rounds: Rounds): Promise<void> {
  for (const [name, round] of Object.entries(ROUNDS)) await t.step(name, () => round(rounds));
}
