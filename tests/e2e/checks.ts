import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { connect2025 } from "../conformance/connect_2025.ts";
import { connect2026 } from "../conformance/connect_2026.ts";
import type { Progress, ToolClient } from "../conformance/tool_client.ts";
import { GatewayClient, poll, type ShownJob } from "../kit/mod.ts";
import { type JobEvent, readEvents } from "./read_events.ts";

/** Something that a mesh with the tools of mesh.yaml does, wherever it runs. */
export interface Check {
  readonly name: string;
  /** @throws AssertionError when it does not */
  run(gateway: Gateway): Promise<void>;
}

/** How long a job may take: pods may have to be started for it. */
const PATIENCE_MS = 180_000;

/** A gateway, and what the checks ask of it. */
export class Gateway {
  readonly url: string;
  readonly client: GatewayClient;

  /** @param url as `http://host:port` */
  constructor(url: string) {
    this.url = url;
    this.client = new GatewayClient(url);
  }

  /** Whether it answers, and says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.ask("GET", "/readyz")).status === 200;
    } catch (error) {
      // Nobody listens yet.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /** Waits for the end of a job. */
  async ended(id: string): Promise<ShownJob> {
    return await poll(`the end of job ${id}`, async () => {
      const job = await this.client.job(id);
      return ["Succeeded", "Failed"].includes(job.status) && job;
    }, { timeoutMs: PATIENCE_MS, everyMs: 100 });
  }

  /** Calls a tool, and waits for the end of its job. */
  async call(tool: string, args: JsonObject): Promise<ShownJob> {
    return await this.ended(await this.client.call(tool, args));
  }

  /** Everything that the stream of a job shows, behind an event where one is named. */
  async events(id: string, lastEventId?: string): Promise<JobEvent[]> {
    const response = await fetch(`${this.url}/jobs/${id}/stream`, {
      headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    assert.equal(response.status, 200);
    return readEvents(await response.text());
  }

  /** Asks for something that is not about tools or single jobs. */
  async ask(
    method: "GET" | "POST" | "DELETE",
    path: string,
  ): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.url}${path}`, { method });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }
}

/** Calls a tool over MCP, and keeps what it says on the way. */
async function callWithProgress(client: ToolClient): Promise<void> {
  await using connected = client;
  assert((await connected.list()).some(({ name }) => name === "calculate"));
  const seen: Progress[] = [];
  const result = await connected.call("calculate", { number: 20 }, {
    onprogress: (progress) => seen.push(progress),
  });
  assert.deepEqual(result.structuredContent, { number: 42 });
  assert(seen.length > 0, "no progress was told");
  const values = seen.map(({ progress }) => progress);
  assert.deepEqual(values, values.toSorted((one, other) => one - other));
}

/** The dead letter of a job. */
async function letterOf(gateway: Gateway, jobId: string): Promise<JsonObject> {
  return await poll(`the dead letter of job ${jobId}`, async () => {
    const { body } = await gateway.ask("GET", "/dead-letters?step=stumble");
    const letters = isJsonObject(body) && Array.isArray(body.dead_letters) ? body.dead_letters : [];
    return letters.filter(isJsonObject).find(({ job_id }) => job_id === jobId);
  }, { timeoutMs: PATIENCE_MS, everyMs: 200 });
}

/** Every check, in the order in which they are best read. */
export const checks: readonly Check[] = [
  {
    name: "the gateway is ready, and lists the tools",
    async run(gateway) {
      assert.equal((await gateway.ask("GET", "/readyz")).status, 200);
      const { body } = await gateway.ask("GET", "/tools");
      const tools = isJsonObject(body) && Array.isArray(body.tools) ? body.tools : [];
      const names = tools.filter(isJsonObject).map(({ name }) => name);
      for (const name of ["calculate", "count_to", "square_all", "stumble", "work"]) {
        assert(names.includes(name), `${name} is not among ${names.join(", ")}`);
      }
    },
  },
  {
    name: "a job goes through both steps of its route",
    async run(gateway) {
      const job = await gateway.call("calculate", { number: 20 });
      assert.deepEqual([job.status, job.result], ["Succeeded", { number: 42 }]);
      const listed = await gateway.ask("GET", "/jobs?limit=50");
      assert(JSON.stringify(listed.body).includes(job.id), "the job is not listed");
      assert.equal((await gateway.ask("GET", `/jobs/${job.id}/active`)).status, 410);
    },
  },
  {
    name: "a job's stream shows every step, and goes on where it broke off",
    async run(gateway) {
      const id = await gateway.client.call("calculate", { number: 1 });
      const events = await gateway.events(id);
      const updates = events.filter(({ event }) => event === "update");
      const steps = updates.flatMap(({ data }) => typeof data.step === "string" ? [data.step] : []);
      // Two sidecars report on their own: which is heard first is not promised.
      assert.deepEqual([...new Set(steps)].sort(), ["add", "multiply"]);
      const percents = updates.map(({ data }) => Number(data.progress_percent ?? 0));
      assert.deepEqual(percents, percents.toSorted((one, other) => one - other));
      assert.equal(updates.at(-1)?.data.status, "Succeeded");
      const [first, ...rest] = updates;
      const again = await gateway.events(id, first?.id);
      assert.deepEqual(again.filter(({ event }) => event === "update"), rest);
    },
  },
  {
    name: "what a handler streams is seen, in order",
    async run(gateway) {
      const id = await gateway.client.call("count_to", { number: 5 });
      const chunks = (await gateway.events(id)).filter(({ event }) => event === "partial");
      assert.deepEqual(
        chunks.map(({ data }) => data.partial),
        [1, 2, 3, 4, 5].map((next) => ({ next })),
      );
    },
  },
  {
    name: "MCP's revisions of 2025 call a tool and are told of its progress",
    run: async ({ url }) => await callWithProgress(await connect2025(new URL(`${url}/mcp`))),
  },
  {
    name: "MCP's revision 2026-07-28 calls a tool and is told of its progress",
    run: async ({ url }) =>
      await callWithProgress(await connect2026(new URL(`${url}/mcp`), "modern")),
  },
  {
    name: "branches of a fan-out come together",
    async run(gateway) {
      const job = await gateway.call("square_all", { numbers: [1, 2, 3] });
      assert.equal(job.status, "Succeeded", job.error ?? "no error");
      for (const square of [1, 4, 9]) {
        assert(JSON.stringify(job.result).includes(`{"number":${square}}`), `no ${square}`);
      }
    },
  },
  {
    name: "a step that fails for a while is tried again until it is done",
    async run(gateway) {
      const job = await gateway.call("stumble", { times: 2 });
      // The third attempt, and one for the next step.
      assert.deepEqual([job.status, job.result], ["Succeeded", { number: 4 }]);
    },
  },
  {
    name:
      "a step that fails for good fails its job, and leaves a letter that goes when it is purged",
    async run(gateway) {
      const job = await gateway.call("stumble", { times: 1, for_good: true });
      assert.equal(job.status, "Failed");
      assert.match(JSON.stringify(job), /it stumbles for good/);
      const { id } = await letterOf(gateway, job.id);
      assert.equal((await gateway.ask("DELETE", `/dead-letters/${id}`)).status, 200);
    },
  },
  {
    name: "a job that is cancelled fails at once",
    async run(gateway) {
      const id = await gateway.client.call("work", { seconds: 60 });
      assert.equal((await gateway.ask("POST", `/jobs/${id}/cancel`)).status, 200);
      assert.equal((await gateway.client.job(id)).status, "Failed");
    },
  },
  {
    name: "wrong arguments make no job, and are named",
    async run({ url }) {
      const response = await fetch(`${url}/tools/call`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "calculate", arguments: { number: "many" } }),
      });
      const answer = await response.json();
      assert.equal(answer.isError, true);
      assert.match(JSON.stringify(answer.content), /number/);
    },
  },
];
