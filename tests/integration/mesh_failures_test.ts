/**
 * Every failure code, provoked end to end in a whole mesh, and read where people look for it: the
 * job, the dead letter, the stored outcome.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  fingerprint,
  isJsonObject,
  type Json,
  type JsonObject,
  parseErrorEnvelope,
} from "@asya/protocol";
import {
  GatewayClient,
  poll,
  type ShownJob,
  type Taken,
  TestMesh,
  type TestMeshOptions,
} from "../kit/mod.ts";

const DEAD_LETTERS = "dead-letter-queue";

function meshOptions(env: TestMeshOptions["env"]): TestMeshOptions {
  return {
    yaml: `
name: odd
actors:
  - { name: odd, handler: ./odd.ts#act, timeout: 2s }
  - { name: roomy, handler: ./odd.ts#act }
  - { name: narrow, handler: ./odd.ts#act }
  - { name: after, handler: ./odd.ts#echo }
tools:
  - name: act
    parameters: { do: { type: string }, text: { type: string } }
    route: [odd, after]
    timeout: 120
  - name: act_roomy
    parameters: { do: { type: string } }
    route: [roomy, after]
  - name: act_narrow
    parameters: { do: { type: string } }
    route: [narrow, after]
`,
    handlersIn: "tests/integration/handlers",
    env,
  };
}

/** Waits for a job to end, and gives it. */
async function endOf(gateway: GatewayClient, id: string): Promise<ShownJob> {
  return await poll(`the end of job ${id}`, async () => {
    const job = await gateway.job(id);
    return /Succeeded|Failed/.test(job.status) && job;
  }, { timeoutMs: 30_000, everyMs: 50 });
}

function letterOf({ json }: Taken): JsonObject {
  assert.ok(isJsonObject(json));
  return json;
}

Deno.test("[W5] [D9] each failure code reaches the job, the dead letter and the store", async (t) => {
  await using mesh = await TestMesh.start(meshOptions({
    // With all the time that a slow machine takes to fill it.
    "narrow.runtime": { ASYA_MAX_HEAP_MB: "100" },
    "narrow.sidecar": { ASYA_MAX_DELIVERIES: "2" },
    "roomy.runtime": { ASYA_MAX_FRAME_BYTES: "16MiB" },
    "odd.sidecar": { ASYA_MAX_DELIVERIES: "2", ASYA_ROUTE_WAIT: "300ms" },
    "error-end.runtime": { ASYA_ERROR_MAX_RETRIES: "0" },
  }));
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const rows: [string, string, RegExp, step?: string][] = [
    ["throw a TypeError", "processing_error", /no such page/],
    ["return a BigInt", "processing_error", /bigint/i],
    ["throw a RetryableError", "retryable_error", /busy/],
    ["throw a ValidationError", "validation_error", /page is missing/],
    ["throw for want of GPU memory", "cuda_oom_error", /CUDA out of memory/],
    ["run out of memory", "oom_error", /memory/, "narrow"],
    ["spin", "timeout_error", /2000 ms/],
    ["hang", "timeout_error", /2000 ms/],
    ["exit", "connection_error", /died 2 times/],
    ["return much", "frame_too_large", /16777216/, "roomy"],
  ];
  for (const [what, code, words, step = "odd"] of rows) {
    await t.step(`${what} is ${code}`, async () => {
      const id = await gateway.call(step === "odd" ? "act" : `act_${step}`, { do: what });
      const job = await endOf(gateway, id);
      assert.equal(job.status, "Failed");
      assert.equal(job.error, code);
      assert.match(`${job.error_details?.message}`, words);
      assert.ok((job.progress_percent ?? 0) < 100);
      const letter = await mesh.queues.takeOne(DEAD_LETTERS);
      const received = parseErrorEnvelope(letter.body);
      assert.equal(received.failure.code, code);
      assert.equal(received.jobId, id);
      assert.equal(received.step, step);
      assert.deepEqual(received.message?.payload, { do: what }, "all that a replay needs");
      assert.equal((await storedOutcome(mesh, id)).status, "failed");
    });
  }
  // What no gateway would send: these have no job, but end as visibly.
  const bodies: [string, Uint8Array | Json, string][] = [
    ["no message", new TextEncoder().encode("hello"), "malformed_message"],
    ["no text", new Uint8Array([0xff, 0xfe]), "malformed_message"],
    [
      "a deadline that has passed",
      { job_id: "late", deadline: "2020-01-02T03:04:05Z", ...odd(["odd"]) },
      "deadline_exceeded",
    ],
    ["a missing queue", { job_id: "astray", ...odd(["odd", "nowhere"]) }, "route_error"],
  ];
  for (const [name, body, code] of bodies) {
    await t.step(`${name} is ${code}`, async () => {
      await mesh.queues.publish("odd", body);
      const letter = await mesh.queues.takeOne(DEAD_LETTERS, 20_000);
      assert.equal(letterOf(letter).error, code);
      const { body: original } = parseErrorEnvelope(letter.body);
      const sent = body instanceof Uint8Array
        ? body
        : new TextEncoder().encode(JSON.stringify(body));
      assert.deepEqual(original, sent, "byte for byte");
    });
  }
  await t.step("and the mesh works on", async () => {
    const job = await endOf(gateway, await gateway.call("act", { do: "echo" }));
    assert.deepEqual(job.result, { do: "echo" });
    await mesh.queues.waitUntilEmpty(mesh.queueNames);
  });
});

function odd(steps: string[]): JsonObject {
  return { route: { steps, current: 0 }, payload: { a: 1 } };
}

Deno.test("[D8] a recoverable failure is tried again at its step, later each time", async () => {
  await using mesh = await TestMesh.start(meshOptions({
    "error-end.runtime": { ASYA_ERROR_RETRY_DELAY_BASE: "1s" },
  }));
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const job = await endOf(
    gateway,
    await gateway.call("act", { do: "throw until the third attempt" }),
  );
  assert.equal(job.status, "Succeeded");
  assert.deepEqual(job.result, { attempt: 3 });
  await mesh.queues.waitUntilEmpty(mesh.queueNames);
});

Deno.test("[D8] a recoverable failure is given up after the allowed retries", async () => {
  await using mesh = await TestMesh.start(meshOptions({
    "error-end.runtime": { ASYA_ERROR_RETRY_DELAY_BASE: "1s", ASYA_ERROR_MAX_RETRIES: "1" },
  }));
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const job = await endOf(
    gateway,
    await gateway.call("act", { do: "throw until the third attempt" }),
  );
  assert.equal(job.status, "Failed");
  assert.equal(job.error, "retryable_error");
  assert.equal(job.error_details?.message, "busy at attempt 2");
  const received = parseErrorEnvelope((await mesh.queues.takeOne(DEAD_LETTERS)).body);
  assert.equal(received.attempt, 2);
});

Deno.test("[D9] [W10] a failed message that no envelope can hold is stored whole, and stubbed", async () => {
  await using mesh = await TestMesh.start(meshOptions({
    "*": { ASYA_MAX_MESSAGE_BYTES: "64KiB" },
  }));
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const text = "x".repeat(64_800);
  const id = await gateway.call("act", { do: "throw a TypeError", text });
  const job = await endOf(gateway, id);
  assert.equal(job.status, "Failed");
  assert.equal(job.error, "processing_error");
  assert.equal(job.error_details?.message, "no such page");
  const letter = letterOf(await mesh.queues.takeOne(DEAD_LETTERS));
  assert.equal(letter.error, "processing_error");
  assert.ok(letter.original_message === undefined, "the body is in the store");
  const document = await storedOutcome(mesh, id);
  const original = `${document.original_message}`;
  const { payload } = JSON.parse(original);
  assert.ok(payload.text === text, "the whole body is there");
  assert.ok(isJsonObject(letter.dead_letter));
  assert.equal(letter.dead_letter.bytes, original.length);
  assert.equal(letter.dead_letter.sha256, fingerprint(original, 64));
});

/** The stored outcome of a job. */
async function storedOutcome(mesh: TestMesh, id: string): Promise<JsonObject> {
  const path = await findFile(mesh.resultsPath, `${id}.json`);
  const document: Json = JSON.parse(await Deno.readTextFile(path));
  assert.ok(isJsonObject(document));
  return document;
}

async function findFile(folder: string, wanted: string): Promise<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name === wanted) return `${folder}/${name}`;
    if (!isDirectory) continue;
    const found = await findFile(`${folder}/${name}`, wanted);
    if (found !== "") return found;
  }
  return "";
}
