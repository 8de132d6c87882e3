import assert from "node:assert/strict";
import { messages, sends } from "./answer.ts";
import { defineHandler } from "./define_handler.ts";
import type { HandlerContext, HandlerMessage } from "./handler.ts";
import { RetryableError } from "./handler_errors.ts";
import { runHandler } from "./run_handler.ts";

const permissions = "none";

const results: [string, () => unknown, string, unknown[]][] = [
  ["an object", () => ({ a: 1, b: undefined }), "output", [{ a: 1 }]],
  ["a fan-out", () => [{ a: 1 }, null], "fan_out", [{ a: 1 }, null]],
  ["nothing", () => undefined, "empty", []],
  ["messages", () => messages([{ payload: 7, steps: ["step", "judge"] }]), "output", [7]],
  ["sends", () => sends([{ queue: "ocr", body: "{}" }]), "sends", []],
  ["what cannot be sent", () => ({ n: 1n }), "failure", []],
];

for (const [what, handler, kind, payloads] of results) {
  Deno.test(`runHandler: ${what}`, { permissions }, async () => {
    const run = await runHandler(handler as () => object, {});
    assert.equal(run.reply.kind, kind);
    assert.deepEqual(run.payloads, payloads);
  });
}

Deno.test(
  "runHandler: a failure has the code that decides about the job",
  { permissions },
  async () => {
    const failing = (error: unknown) =>
      runHandler(() => {
        throw error;
      }, {});
    assert.equal((await failing(new TypeError("no ink"))).failure?.code, "processing_error");
    assert.equal((await failing(new RetryableError("busy"))).failure?.code, "retryable_error");
    assert.equal((await failing("text")).failure?.message, "text");
  },
);

Deno.test(
  "[R11] runHandler: the handler sees what it would see in a mesh",
  { permissions },
  async () => {
    const seen: unknown[] = [];
    const look = (msg: HandlerMessage, ctx: HandlerContext) => {
      seen.push({ ...msg, attempt: ctx.attempt, jobId: ctx.jobId });
      ctx.log.warn("looked", { at: 1 });
    };
    await runHandler(look, 7);
    const { logged } = await runHandler(look, { a: 1 }, {
      includeMetadata: true,
      jobId: "j1",
      steps: ["ask", "judge"],
      current: 1,
      metadata: { team: "ml" },
      headers: { traceparent: "x" },
      attempt: 3,
    });
    assert.deepEqual(seen, [
      { payload: { value: 7 }, attempt: 1, jobId: "job-1" },
      {
        payload: { a: 1 },
        job_id: "j1",
        route: {
          steps: ["ask", "judge"],
          current: 1,
          metadata: { team: "ml", asya: { at: 1, attempt: 3 } },
        },
        headers: { traceparent: "x" },
        attempt: 3,
        jobId: "j1",
      },
    ]);
    assert.deepEqual(logged, [{ level: "warn", message: "looked", fields: { at: 1 } }]);
  },
);

Deno.test("runHandler: a call that is cancelled or out of time sees its signal", async () => {
  const wait = (_: HandlerMessage, { signal }: HandlerContext) =>
    new Promise<object>((_, reject) => {
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const late = await runHandler(wait, {}, { timeoutMs: 1 });
  assert.equal(late.failure?.code, "timeout_error");
  const cancelled = await runHandler(wait, {}, { signal: AbortSignal.abort() });
  assert.equal(cancelled.failure?.type, "AbortError");
});

Deno.test("[R11] [R3] runHandler: a handler that ignores its signal is not waited for", async () => {
  const hang = () => new Promise<object>(() => {});
  const { failure } = await runHandler(hang, {}, { timeoutMs: 1 });
  assert.equal(failure?.code, "timeout_error");
  assert.match(failure?.message ?? "", /did not stop within 1000 ms/);
});

Deno.test("[W9] runHandler: a route is shown, and must leave alone what is done", async () => {
  const options = { steps: ["ask", "judge", "store"], current: 1, includeMetadata: true };
  const going = (...ways: string[][]) =>
    runHandler(() => messages(ways.map((steps) => ({ payload: 1, steps }))), {}, options);
  const { routes } = await going(["ask", "judge", "refine"], ["ask", "judge"]);
  assert.deepEqual(routes, [["ask", "judge", "refine"], ["ask", "judge"]]);
  assert.deepEqual((await runHandler(() => ({}), {}, options)).routes, [undefined]);
  const { failure, payloads } = await going(["judge", "store"]);
  assert.equal(failure?.code, "processing_error");
  assert.match(failure?.message ?? "", /step "judge" changed the part of the route that is done/);
  assert.deepEqual(payloads, []);
});

Deno.test("runHandler: schemas are checked as in a mesh", { permissions }, async () => {
  const checked = defineHandler({
    input: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ issues: [{ message: "a page is needed", path: ["page"] }] }),
      },
    },
    handle: () => ({}),
  });
  const { failure } = await runHandler(checked, {});
  assert.equal(failure?.code, "validation_error");
  assert.match(failure?.message ?? "", /payload\.page: a page is needed/);
});

Deno.test("runHandler: a message that cannot be is refused", { permissions }, async () => {
  await assert.rejects(runHandler(() => null, {}, { steps: [] }), TypeError);
  await assert.rejects(runHandler(() => null, {}, { steps: ["a"], current: 2 }), TypeError);
});

Deno.test("[K3] what a handler measures is shown, and times what it streams by itself", {
  permissions: "none",
}, async () => {
  const run = await runHandler(async function* (_msg, ctx) {
    const generation = ctx.metrics.generation({ model: "m" });
    yield "to";
    yield "be";
    generation.end({ inputTokens: 1, outputTokens: 2 });
    ctx.metrics.count("words_total", 2);
    return await Promise.resolve({ text: "to be" });
  }, {});
  const [generation, count, stream] = run.measured;
  assert(generation?.kind === "generation" && stream?.kind === "stream");
  const { durationMs = -1, firstTokenMs = -1, ...said } = generation;
  assert.deepEqual(said, { kind: "generation", model: "m", inputTokens: 1, outputTokens: 2 });
  assert(durationMs >= firstTokenMs && firstTokenMs >= 0);
  assert.deepEqual(count, { kind: "count", name: "words_total", value: 2, labels: {} });
  assert.equal(stream.chunks, 2);
  assert(stream.durationMs >= stream.firstChunkMs && stream.firstChunkMs >= 0);

  const failed = await runHandler((_msg, ctx) => {
    ctx.metrics.generation({ model: "m" });
    throw new RangeError("no");
  }, {});
  const [open] = failed.measured;
  assert.equal(open?.kind === "generation" && open.errorType, "RangeError");
});
