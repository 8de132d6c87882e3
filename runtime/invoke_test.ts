import assert from "node:assert/strict";
import type { Failure } from "@asya/protocol/failure";
import { CallContext } from "./call_context.ts";
import type { HandlerContext } from "./handler.ts";
import { invoke, type InvokeOptions } from "./invoke.ts";
import type { LoadedHandler } from "./pick_handler.ts";
import type { Outcome } from "./read_result.ts";

const silent = {
  progress: () => {},
  createLog: () => assert.fail("nobody asked for a log"),
  measure: () => {},
  elapsed: () => 0,
};
const received = { forHandler: { payload: {} }, jobId: "j", attempt: 1 };

function run(
  handler: (ctx: HandlerContext) => unknown,
  options: Partial<InvokeOptions> & { onGpuOom?: () => unknown; stop?: Error } = {},
) {
  const partials: string[] = [];
  const { onGpuOom, stop } = options;
  const loaded: LoadedHandler = {
    call: (_msg, ctx) => handler(ctx),
    traits: { answers: [], terminal: false },
    ...(onGpuOom && { onGpuOom }),
  };
  const ctx = new CallContext(received, 5_000, silent);
  if (stop) ctx.stop(stop);
  const outcome = invoke(loaded, received.forHandler, ctx, {
    sendPartial: (text) => Promise.resolve(void partials.push(text)),
    maxPartialBytes: 1_000,
    detectOutOfMemory: true,
    cleansGpu: true,
    ...options,
  });
  return { outcome, partials };
}

function failureOf(outcome: Outcome): Failure {
  assert(outcome.kind === "reply" && outcome.reply.kind === "failure", JSON.stringify(outcome));
  return outcome.reply.failure;
}

Deno.test("[R5] a synchronous handler is answered for at once", { permissions: "none" }, () => {
  assert.deepEqual(run(() => ({ a: 1 })).outcome, { kind: "payload", text: '{"a":1}' });
  const thrown = run(() => {
    throw new Error("no");
  }).outcome;
  assert(!(thrown instanceof Promise));
  assert.equal(failureOf(thrown).message, "no");
});

Deno.test("[C8] a permission that is missing is told with where to give it", {
  permissions: "none",
}, async () => {
  const failure = failureOf(await run(() => Deno.readTextFile("./mesh.yaml")).outcome);
  assert.equal(failure.type, "NotCapable");
  assert.match(
    failure.message,
    /read access to "\.\/mesh\.yaml".* needs permissions: { read: \[\.\/mesh\.yaml\] }\)$/,
  );
  assert.equal(failure.severity, "fatal");
});

Deno.test("[R5] a promise of a generator is run to its end", { permissions: "none" }, async () => {
  const { outcome, partials } = run(() =>
    Promise.resolve((function* () {
      yield 1;
      yield { two: 2 };
      return [{ a: 1 }];
    })())
  );
  assert.deepEqual(await outcome, { kind: "payloads", texts: ['{"a":1}'] });
  assert.deepEqual(partials, ["1", '{"two":2}']);
});

Deno.test("[R10] a stream that was told to stop ends at its next yield, tidily", {
  permissions: "none",
}, async () => {
  const steps: string[] = [];
  const { outcome } = run(function* () {
    try {
      steps.push("begun");
      yield 1;
      steps.push("too far");
    } finally {
      steps.push("tidied");
    }
  }, { stop: new DOMException("cancelled", "AbortError") });
  assert.equal(failureOf(await outcome).message, "cancelled");
  assert.deepEqual(steps, ["begun", "tidied"]);
});

Deno.test("[R10] a signal that was aborted before anybody asked for it is aborted", {
  permissions: "none",
}, () => {
  const { outcome } = run((ctx) => ctx.signal.throwIfAborted(), {
    stop: new DOMException("cancelled", "AbortError"),
  });
  assert.equal(failureOf(outcome as Outcome).type, "AbortError");
});

const gpu = () => {
  throw new Error("CUDA out of memory");
};

Deno.test("[R4] the GPU is cleaned up after it was full, before the answer", {
  permissions: "none",
}, async () => {
  let cleaned = 0;
  const onGpuOom = () => Promise.resolve().then(() => cleaned++);
  assert.equal(failureOf(await run(gpu, { onGpuOom }).outcome).code, "cuda_oom_error");
  assert.equal(cleaned, 1);
  await run(gpu, { onGpuOom, cleansGpu: false }).outcome;
  await run(gpu, { onGpuOom, detectOutOfMemory: false }).outcome;
  await run(() => ({}), { onGpuOom }).outcome;
  assert.equal(cleaned, 1);
});

Deno.test(
  "[R4] a clean-up that fails is told with the cause",
  { permissions: "none" },
  async () => {
    const failure = failureOf(
      await run(gpu, {
        onGpuOom: () => {
          throw new Error("no device");
        },
      }).outcome,
    );
    assert.equal(failure.code, "cuda_oom_error");
    assert.equal(failure.message, "CUDA out of memory (and onGpuOom failed: no device)");
  },
);

Deno.test("[R4] memory errors are told from others only where that is wanted", {
  permissions: "none",
}, () => {
  const handler = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  assert.equal(failureOf(run(handler).outcome as Outcome).code, "oom_error");
  const plain = run(handler, { detectOutOfMemory: false }).outcome as Outcome;
  assert.equal(failureOf(plain).code, "processing_error");
});
