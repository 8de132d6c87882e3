import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type FailedWork, parseErrorEnvelope, wrapFailure } from "./envelope.ts";
import { createFailure, FAILURE_CODES } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseMessage } from "./message.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const encoder = new TextEncoder();
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const messageBody = fc.record({
  job_id: fc.string({ minLength: 1 }),
  route: fc.constant({ steps: ["ocr", "store"], current: 0, metadata: { team: "ml" } }),
  headers: fc.constant({ h: "1" }),
  payload: json,
  original_encoding: fc.constant("base64"),
  error: json,
}, { requiredKeys: ["job_id", "route", "payload"] }).map((value) =>
  encoder.encode(JSON.stringify(value))
);
const anyBody = fc.oneof(
  messageBody,
  fc.uint8Array(),
  fc.string({ unit: "binary" }).map((text) => encoder.encode(text)),
  fc.string().map((text) => encoder.encode(`\ufeff${text}`)),
);
const failure = fc.record({
  code: fc.constantFrom(...FAILURE_CODES, "made_up"),
  message: fc.string({ minLength: 1 }),
  severity: fc.constantFrom("fatal" as const, "recoverable" as const),
  retryAfterSeconds: fc.nat(99),
}).map(({ code, message, ...details }) => createFailure(code, message, details));

function workOf(body: Uint8Array, why: FailedWork["failure"]): FailedWork {
  const parsed = parseMessage(body);
  const message = parsed.ok ? parsed.message : undefined;
  return { failure: why, body, ...(message && { message }), step: "ocr", actor: "ocr-v2" };
}

test("[W10] whatever failed is read as it was wrapped, byte for byte, at any size", () => {
  fc.assert(
    fc.property(anyBody, failure, fc.integer({ min: 0, max: 700 }), (body, why, maxBytes) => {
      const work = workOf(body, why);
      const { body: wrapped, failureHeader } = wrapFailure(work, maxBytes);
      if (failureHeader === undefined) assert.ok(wrapped.length <= maxBytes);
      const received = parseErrorEnvelope(wrapped, failureHeader);
      assert.deepEqual(received.body, body);
      assert.deepEqual(received.failure, why);
      assert.equal(received.step, "ocr");
      assert.equal(received.actor, "ocr-v2");
      assert.equal(received.jobId, work.message?.jobId ?? "");
      assert.deepEqual(received.message, work.message);
    }),
    { numRuns: 1000 },
  );
});

test("[W10] first the payload's second copy goes, then the envelope", () => {
  const body = encoder.encode(JSON.stringify({
    job_id: "j1",
    route: { steps: ["ocr"], current: 0 },
    headers: { h: "1" },
    payload: "x".repeat(1000),
  }));
  const work = workOf(body, createFailure("processing_error", "no", { stack: "at …" }));
  const whole = wrapFailure(work, 1_000_000);
  const without = wrapFailure(work, whole.body.length - 1);
  const unchanged = wrapFailure(work, without.body.length - 1);
  const read = (bytes: Uint8Array): JsonObject => JSON.parse(new TextDecoder().decode(bytes));
  assert.equal(wrapFailure(work, whole.body.length).failureHeader, undefined);
  assert.equal(read(whole.body).payload, "x".repeat(1000));
  const { payload: _, ...rest } = read(whole.body);
  assert.deepEqual(read(without.body), rest);
  assert.equal(unchanged.body, body);
  assert.match(unchanged.failureHeader ?? "", /"error":"processing_error"/);
  assert.doesNotMatch(unchanged.failureHeader ?? "", /stack/);
});

test("[W10] the failure header stays small enough for a broker, whatever failed", () => {
  const vast = "\0".repeat(500_000);
  const body = encoder.encode(JSON.stringify({
    job_id: vast,
    route: { steps: ["ocr"], current: 0 },
    payload: 1,
  }));
  const why = createFailure("processing_error", vast, { type: vast, stack: vast });
  const { failureHeader } = wrapFailure(workOf(body, why), 100);
  assert.ok(failureHeader !== undefined && failureHeader.length < 100_000);
  const received = parseErrorEnvelope(body, failureHeader);
  assert.equal(received.jobId, vast);
  assert.equal(received.failure.code, "processing_error");
});

test("[W5] anything on error-end's queue is a failure that can be read; nothing is thrown", () => {
  const nearly = fc.record({
    error: json,
    job_id: json,
    original_message: fc.oneof(json, fc.string()),
    original_encoding: fc.oneof(json, fc.constant("base64")),
    error_details: fc.oneof(json, fc.record({ step: json, attempt: json, severity: json })),
    route: json,
    payload: json,
  }, { requiredKeys: [] }).map((value) => encoder.encode(JSON.stringify(value)));
  const header = fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined });
  fc.assert(
    fc.property(fc.oneof(anyBody, nearly), header, (body, failureHeader) => {
      const received = parseErrorEnvelope(body, failureHeader);
      assert.ok(["fatal", "recoverable"].includes(received.failure.severity));
      assert.ok(received.attempt >= 1);
      assert.equal(typeof received.jobId, "string");
    }),
    { numRuns: 1000 },
  );
});

test("[W10] a job that cannot be named is nobody's: half a character has no place in a URL", () => {
  const original = '{"route":{"steps":["a"],"current":0},"payload":1}';
  for (const job of [{ job_id: "\ud800" }, { id: "\udc00" }, { job_id: "\ud800", id: "\udc00" }]) {
    const body = encoder.encode(
      JSON.stringify({ ...job, error: "x", original_message: original }),
    );
    assert.equal(parseErrorEnvelope(body).jobId, "");
  }
});

test("[W10] a body that alone is over the cap is not written out to find that", () => {
  // Escaped, so many control characters would be longer than any text can be.
  const body = new Uint8Array(100_000_000);
  const why = createFailure("malformed_message", "the body is not JSON");
  const { body: sent, failureHeader } = wrapFailure(workOf(new Uint8Array(1), why), 0);
  assert.equal(sent.length, 1);
  const vast = wrapFailure({ failure: why, body, step: "ocr", actor: "ocr-v2" }, 16 * 1024 * 1024);
  assert.equal(vast.body, body);
  assert.equal(vast.failureHeader, failureHeader);
});
