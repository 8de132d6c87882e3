import type { Json, JsonObject } from "@asya/protocol";
import { createMemoryBroker } from "@asya/transport";
import assert from "node:assert/strict";
import type { LetterQueue } from "../../dead_letters/dead_letters.ts";
import { AnswerCheck } from "../../testing/answer_check.ts";
import { createMemoryStore } from "../../stores/memory.ts";
import { StoreError } from "../../stores/store_error.ts";
import type { Store } from "../../stores/store.ts";
import {
  BASE_URL,
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  YAML_ENV,
} from "../../testing/test_gateway.ts";
import { createDocument, operations } from "./document.ts";
import type { Operation } from "./operation.ts";

const OPEN = { version: "0", knowsCallers: true, knowsActors: true };

const TOOLS = `
tools:
  - { name: scan, description: Reads, route: [a, b, c], timeout: 60 }
  - { name: other, route: [a], outputSchema: { type: object } }
`;

/** Who may do what, as the gateway is told. */
const TOKENS = {
  ASYA_AUTH: "token",
  ASYA_API_TOKENS: "ada=both,eve/jobs:read=reads,bob/tools:call=calls",
  ASYA_INTERNAL_TOKEN: "actors",
};

/** The least that may be set: bodies and messages of a kilobyte. */
const SMALL = { ASYA_MAX_BODY_BYTES: "1KiB", ASYA_MAX_MESSAGE_BYTES: "1KiB" };

/** What is asked, and how. */
interface Ask {
  readonly query?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** In place of a job that there is. */
  readonly id?: string;
}

/** A gateway whose answers are held to its document. */
class Checked {
  readonly bench: TestGateway;
  readonly #check: AnswerCheck;

  constructor(check: AnswerCheck, env: Record<string, string> = {}, more: TestGatewayOptions = {}) {
    this.bench = createTestGateway({ tools: TOOLS, env, ...more });
    this.#check = check;
  }

  /** Asks, and fails where the answer is another one or not as documented. */
  async expect(status: number, operation: Operation, ask: Ask = {}): Promise<void> {
    const { id = "none", query = "", headers = {}, body } = ask;
    const path = operation.path.replace("{id}", id);
    const [example] = Object.values(operation.body?.examples ?? {});
    const method = operation.method.toUpperCase();
    const request = new Request(`${BASE_URL}${path}${query}`, {
      method,
      headers: { host: "127.0.0.1", "content-type": "application/json", ...headers },
      ...(method === "POST" && { body: body ?? JSON.stringify(example ?? {}) }),
    });
    const response = await this.bench.gateway.fetch(request);
    const isEndless = operation.id === "followOverview" && response.status === 200;
    const text = isEndless ? await firstEvent(response) : await response.text();
    assert.equal(response.status, status, `${operation.id}: ${text}`);
    const answer = { status: response.status, headers: response.headers, text };
    assert.deepEqual(this.#check.problemsOf(method, path, answer), [], operation.id);
  }
}

/** What a stream without an end says at first. */
async function firstEvent(response: Response): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  await reader.cancel();
  return value;
}

/** A store that cannot be reached. */
function awayStore(): Store {
  const away = () => Promise.reject(new StoreError("the store is away"));
  return Object.assign(createMemoryStore({ maxJobs: 9 }), {
    create: away,
    read: away,
    list: away,
    change: away,
    countJobs: away,
  });
}

/** A queue of dead letters that cannot be reached. */
function awayLetters(): LetterQueue {
  const away = () => Promise.reject(Object.assign(new Error("away"), { code: "unreachable" }));
  return { inspect: away, browse: away };
}

/** A queue of dead letters, and a way to put one into it. */
async function openLetters(): Promise<
  { letters: LetterQueue; put: (body: Json) => Promise<void> }
> {
  const transport = createMemoryBroker().connect();
  await transport.declare(["dead-letter-queue"]);
  let count = 0;
  return {
    letters: transport,
    async put(body) {
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const place = { queue: "dead-letter-queue", messageId: `m${count++}` };
      await transport.publish([{ ...place, body: bytes }]);
    },
  };
}

/** A letter of a job that is not known any more. */
function letterOf(payload: Json): Json {
  const message = { job_id: "gone", route: { steps: ["a"], current: 0 }, payload };
  return { error: "processing_error", original_message: JSON.stringify(message) };
}

/** The id of the last letter. */
async function lastLetter({ bench }: Checked): Promise<string> {
  const response = await bench.get("/dead-letters");
  return (await response.json()).dead_letters.at(-1)?.id;
}

const CALL = JSON.stringify({ name: "scan" });
const isReport = ({ tag }: Operation) => tag === "reports";
const good = ({ id }: Operation): Ask => {
  if (id === "callTool") return { body: CALL };
  return id === "reportEnd" ? { body: JSON.stringify({ status: "succeeded", result: [1] }) } : {};
};

Deno.test({
  name: "[G13] description: every answer of every operation is as described",
  permissions: { env: YAML_ENV },
  async fn() {
    const check = new AnswerCheck(createDocument(OPEN));
    const named = (id: string) => operations.find((operation) => operation.id === id)!;
    const of = (status: number) => operations.filter(({ refusals }) => status in refusals);

    const { letters, put } = await openLetters();
    const open = new Checked(check, {}, { letters });
    const isOfLetter = ({ path }: Operation) => path.startsWith("/dead-letters/");
    for (const operation of operations.filter(({ id }) => id !== "getMetrics")) {
      if (isOfLetter(operation)) await put(letterOf(1));
      if (isOfLetter(operation)) {
        await open.expect(200, operation, { id: await lastLetter(open) });
        continue;
      }
      const id = await open.bench.call("scan");
      await open.bench.post(`/jobs/${id}/progress`, progress({ branch: "/0:2:ab", partial: [1] }));
      if (operation.id === "followJob") await end(open.bench, id);
      await open.expect(200, operation, { id, ...good(operation) });
    }
    await open.expect(200, named("callTool"), { body: '{"name":"scan","arguments":{"x":1}}' });
    await open.expect(200, named("callTool"), { body: '{"name":"asya_job"}' });
    await open.expect(200, named("reportProgressOfMany"), { body: '{"updates":[1]}' });
    await open.expect(200, named("listJobs"), { query: "?limit=1&status=Pending&tool=scan" });
    const failed = await open.bench.call("scan");
    await open.bench.post(`/jobs/${failed}/final`, FAILED);
    for (const id of ["getJob", "followJob"]) await open.expect(200, named(id), { id: failed });
    for (
      const body of [{ error: "what?", original_message: "/w==", original_encoding: "base64" }, 7]
    ) {
      await put(body);
      const id = await lastLetter(open);
      await open.expect(200, named("getDeadLetter"), { id });
      await open.expect(200, named("listDeadLetters"), { query: "?limit=1" });
      await open.expect(409, named("replayDeadLetter"), { id, body: "{}" });
      await open.expect(200, named("purgeDeadLetter"), { id });
    }
    await open.expect(410, named("getActivity"));
    const cancelled = await open.bench.call("scan");
    await open.bench.post(`/jobs/${cancelled}/cancel`);
    await open.expect(200, named("reportProgress"), { id: cancelled });
    for (const operation of of(404)) {
      await open.expect(404, operation, isReport(operation) ? good(operation) : {});
    }

    const { etag } = await headersOf(open.bench);
    await open.expect(304, named("getDescription"), { headers: { "if-none-match": etag } });
    for (const operation of of(403)) {
      await open.expect(403, operation, { headers: { host: "evil.example" } });
    }
    const id = await open.bench.call("scan");
    for (const operation of of(400)) {
      await open.expect(400, operation, { id, query: "?what=1", body: "{" });
    }
    for (const operation of of(415)) {
      await open.expect(415, operation, { id, headers: { "content-type": "text/xml" } });
    }
    const key = { "idempotency-key": "k" };
    await open.expect(200, named("callTool"), { headers: key, body: CALL });
    await open.expect(422, named("callTool"), { headers: key, body: '{"name":"other"}' });

    const small = new Checked(check, SMALL);
    const smallId = await small.bench.call("scan");
    for (const operation of of(413)) {
      await small.expect(413, operation, { id: smallId, body: " ".repeat(1_100_000) });
    }
    const smallToo = new Checked(check, SMALL, { letters });
    await put(letterOf("x".repeat(2_000)));
    const body = JSON.stringify({});
    await smallToo.expect(413, named("replayDeadLetter"), {
      id: await lastLetter(smallToo),
      body,
    });

    const guarded = new Checked(check, TOKENS);
    for (const operation of of(401)) await guarded.expect(401, operation);
    for (const operation of of(401).filter((operation) => !isReport(operation))) {
      const wrong = operation.needs === "jobs:read" ? "calls" : "reads";
      const headers = { authorization: `Bearer ${wrong}` };
      await guarded.expect(403, operation, { headers, ...good(operation) });
    }
    const busy = new Checked(check, { ASYA_RATE_LIMIT: "1/h" });
    await busy.expect(200, named("listTools"));
    for (const operation of of(429)) await busy.expect(429, operation);

    const away = new Checked(check, {}, { store: awayStore(), letters: awayLetters() });
    const unread = ["listTools", "reportProgressOfMany", "followOverview"];
    const ofOneLetter = { id: "0".repeat(32) };
    for (const operation of of(503).filter(({ id }) => !unread.includes(id))) {
      await away.expect(503, operation, { ...ofOneLetter, ...good(operation) });
    }
    away.bench.gateway.release();
    await away.expect(503, named("getReadiness"));

    const unseen = check.documented.filter((name) => !check.seen.has(name));
    // Keys of tokens that are away; a batch about no job; a bench has no metrics.
    assert.deepEqual(unseen, [
      "listTools 503",
      "followOverview 503",
      "reportProgressOfMany 503",
      "getMetrics 200",
    ]);
  },
});

const FAILED = {
  status: "failed",
  error: "processing_error",
  error_details: { message: "no" },
  branch: "/1:2:ab",
  metadata: { s3_uri: "s3://b/k" },
};

function progress(more: object): JsonObject {
  return { step: "a", step_index: 0, total_steps: 3, status: "processing", ...more };
}

async function end(bench: TestGateway, id: string): Promise<void> {
  await bench.post(`/jobs/${id}/final`, { status: "succeeded", result: { n: 1 } });
}

async function headersOf(bench: TestGateway): Promise<{ etag: string }> {
  const response = await bench.get("/openapi.json");
  await response.body?.cancel();
  return { etag: response.headers.get("etag") ?? "" };
}
