import assert from "node:assert/strict";
import { formatTraceparent } from "@asya/program/trace";
import { createFailure } from "@asya/protocol/failure";
import { RecordedTracing } from "../tests/kit/recorded_tracing.ts";
import type { Outcome } from "./read_result.ts";
import { CallTracer } from "./trace_call.ts";

const permissions = "none";
const SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const NOT_SAMPLED = `${SAMPLED.slice(0, -1)}0`;
const specifier = { text: "./ocr.ts", scheme: "file", module: "./ocr.ts", exportName: "default" };
const done: Outcome = { kind: "reply", reply: { kind: "empty" } };
const failed: Outcome = {
  kind: "reply",
  reply: { kind: "failure", failure: createFailure("processing_error", "it broke") },
};

class FakeContext {
  readonly jobId = "j1";
  readonly attempt = 2;
  constructor(public traceparent?: string) {}
  enter(traceparent: string): void {
    this.traceparent = traceparent;
  }
}

function setUp(change: Partial<typeof specifier & { method: string }> = {}) {
  const tracing = new RecordedTracing();
  const tracer = new CallTracer(tracing, { ...specifier, ...change, scheme: "file" });
  return { tracing, tracer };
}

Deno.test("[N6] a call is a span, and what the handler does is a part of it", {
  permissions,
}, async () => {
  const { tracing, tracer } = setUp();
  const ctx = new FakeContext(SAMPLED);
  let seen: string | undefined;
  const outcome = await tracer.run(ctx, async () => {
    await Promise.resolve();
    seen = ctx.traceparent;
    tracing.start("ask a model", { parent: "active" }).end();
    return done;
  });
  assert.equal(outcome, done);
  const span = tracing.span("execute ocr");
  assert.equal(seen, formatTraceparent(span.context));
  assert.equal(tracing.path(tracing.span("ask a model")), "execute ocr > ask a model");
  assert.deepEqual([span.parentId, span.kind, span.hasEnded], [
    "b7ad6b7169203331",
    "server",
    true,
  ]);
  assert.deepEqual(span.attributes, {
    "code.function.name": "ocr",
    "messaging.message.conversation_id": "j1",
    "asya.attempt": 2,
  });
});

for (
  const [what, wrap] of [
    ["at once", (outcome: Outcome) => outcome],
    ["later", (outcome: Outcome) => Promise.resolve(outcome)],
  ] as const
) {
  Deno.test(`[N6] a handler that fails ${what} has a span that failed`, {
    permissions,
  }, async () => {
    const { tracing, tracer } = setUp();
    assert.equal(await tracer.run(new FakeContext(SAMPLED), () => wrap(failed)), failed);
    const { attributes, problem, hasEnded } = tracing.span("execute ocr");
    assert.deepEqual([attributes["error.type"], problem, hasEnded], [
      "processing_error",
      "it broke",
      true,
    ]);
  });
}

Deno.test(
  "[N4] a call of a trace that is not recorded makes no spans, and neither does its handler",
  {
    permissions,
  },
  () => {
    const { tracing, tracer } = setUp();
    const ctx = new FakeContext(NOT_SAMPLED);
    tracer.run(ctx, () => {
      tracing.start("ask a model", { parent: "active" }).end();
      return done;
    });
    assert.deepEqual(tracing.spans, []);
    assert.equal(ctx.traceparent, NOT_SAMPLED);
  },
);

for (const traceparent of [undefined, "00-1-2-03"]) {
  Deno.test(`[N4] a call with the trace ${traceparent} is just made`, { permissions }, () => {
    const { tracing, tracer } = setUp();
    const ctx = new FakeContext(traceparent);
    assert.equal(tracer.run(ctx, () => done), done);
    assert.deepEqual([tracing.spans, ctx.traceparent], [[], traceparent]);
  });
}

const names: [Parameters<typeof setUp>[0], string][] = [
  [{ module: "/app/handlers/ocr.ts" }, "execute ocr"],
  [{ exportName: "predict" }, "execute predict"],
  [{ exportName: "Model", method: "predict" }, "execute Model.predict"],
  [{ module: "jsr:@me/models@1/predict" }, "execute predict"],
  [{ module: "https://example.com/ocr/" }, "execute ocr"],
];

for (const [change, name] of names) {
  Deno.test(`[N6] a span of ${JSON.stringify(change)} is called ${name}`, { permissions }, () => {
    const { tracing, tracer } = setUp(change);
    tracer.run(new FakeContext(SAMPLED), () => done);
    assert.deepEqual(tracing.spans.map((span) => span.name), [name]);
  });
}
