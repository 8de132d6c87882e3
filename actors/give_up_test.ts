import assert from "node:assert/strict";
import {
  createFailure,
  FAILURE_HEADER,
  fingerprint,
  type Json,
  parseErrorEnvelope,
  parseMessage,
  wrapFailure,
} from "@asya/protocol";
import { createRetry, failedOutcome } from "./give_up.ts";
import { readTerminalInput } from "./terminal_input.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-03-04T05:06:07Z");
const rule = { maxRetries: 3, baseMs: 5_000, maxBytes: 1 << 20 };
const encode = (value: Json | string) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const busy = createFailure("retryable_error", "busy");
const fatal = createFailure("processing_error", "it broke", { type: "TypeError" });

function message(asya: Record<string, Json> = {}, current = 0) {
  return {
    job_id: "j1",
    route: { steps: ["a", "b"], current, metadata: { asya, team: "ml" } },
    headers: { traceparent: "00-1" },
    priority: "high",
    payload: { page: 1 },
  };
}

/** What error-end receives when one of our sidecars gives a message to it. */
function receive(value: Json, failure = busy) {
  const body = encode(value);
  const parsed = parseMessage(body);
  const work = { failure, body, step: "a", actor: "a-1" };
  return parseErrorEnvelope(
    wrapFailure(parsed.ok ? { ...work, message: parsed.message } : work, 1 << 20).body,
  );
}

Deno.test("[D8] a recoverable failure goes back to its step, as the step received it", pure, () => {
  const retry = createRetry(receive(message()), rule);
  assert.deepEqual(retry, {
    queue: "a",
    delayMs: 5_000,
    message: message({ at: 0, attempt: 2 }),
  });
});

Deno.test("[D8] each retry waits twice as long, and the fourth failure is the end", pure, () => {
  const delays = [1, 2, 3, 4].map((attempt) =>
    createRetry(receive(message({ at: 0, attempt })), rule)?.delayMs
  );
  assert.deepEqual(delays, [5_000, 10_000, 20_000, undefined]);
});

Deno.test("[D8] severity decides about a retry, not the code", pure, () => {
  const soft = createFailure("processing_error", "?", { severity: "recoverable" });
  const hard = createFailure("oom_error", "?", { severity: "fatal" });
  assert.equal(createRetry(receive(message(), soft), rule)?.queue, "a");
  assert.equal(createRetry(receive(message(), hard), rule), undefined);
});

Deno.test("a retry starts with the counts of a new try", pure, () => {
  const before = { at: 0, attempt: 1, deliveries: 5, redeliveries: 9 };
  const retry = createRetry(receive(message(before)), rule);
  assert.deepEqual(retry?.message, message({ at: 0, attempt: 2 }));
});

Deno.test("a retry keeps the job id that only the envelope knows", pure, () => {
  const { job_id: _, ...anonymous } = message();
  const envelope = {
    job_id: "given-later",
    error: "retryable_error",
    original_message: JSON.stringify(anonymous),
    error_details: { severity: "recoverable" },
  };
  const retry = createRetry(parseErrorEnvelope(encode(envelope)), rule);
  assert.equal(retry?.message?.job_id, "given-later");
});

Deno.test("a step that the route does not know is retried where the route is", pure, () => {
  const received = { ...receive(message()), step: "elsewhere" };
  assert.equal(createRetry(received, rule)?.queue, "a");
});

Deno.test("a message that outgrows a queue with its count is given up", pure, () => {
  const room = encode(message()).length;
  assert.equal(createRetry(receive(message()), { ...rule, maxBytes: room }), undefined);
});

Deno.test("what is no message cannot be retried", pure, () => {
  assert.equal(createRetry(receive("?", busy), rule), undefined);
});

Deno.test("[D9] the outcome of a failure has everything that is known", pure, () => {
  const value = message({ created: "2026-01-02T03:04:05Z" });
  const outcome = failedOutcome(receive(value, fatal), now, now);
  const details = {
    message: "it broke",
    type: "TypeError",
    severity: "fatal",
    step: "a",
    actor: "a-1",
    attempt: 1,
  };
  assert.equal(outcome.key, "asya-errors/2026-01-02/03/b/j1.json");
  assert.deepEqual(outcome.document, {
    job_id: "j1",
    status: "failed",
    created: "2026-01-02T03:04:05Z",
    error: "processing_error",
    error_details: details,
    route: value.route,
    original_message: JSON.stringify(value),
  });
  assert.deepEqual(outcome.report, {
    jobId: "j1",
    status: "failed",
    error: "processing_error",
    errorDetails: details,
    steps: ["a", "b"],
    current: 0,
    timestamp: now.toISOString(),
  });
});

Deno.test(
  "[D9] a failure without a job id is stored under its body's hash, unreported",
  pure,
  () => {
    const outcome = failedOutcome(receive("\x00?", fatal), now, now);
    const name = fingerprint(encode("\x00?"), 32);
    assert.equal(outcome.key, `asya-errors/2026-03-04/05/a/${name}.json`);
    assert.equal(outcome.report, undefined);
    assert.equal(outcome.document.original_message, "\x00?");
  },
);

Deno.test("[D13] a branch that is given up before a join is told to the join", pure, () => {
  const branch = "/0:2:ab";
  const outcome = failedOutcome(receive(message({ branch, joins: [1] }), fatal), now, now);
  assert.equal(outcome.report, undefined);
  assert.equal(outcome.marker?.queue, "b");
  assert.deepEqual(outcome.marker?.message?.payload, {
    branch,
    outcome: "failed",
    error: "it broke",
  });
});

Deno.test("[D13] a join that fails ends what it was to put together, the whole job", pure, () => {
  const at = message({ branch: "/0:2:ab", joins: [1] }, 1);
  const outcome = failedOutcome(receive(at, fatal), now, now);
  assert.equal(outcome.marker, undefined);
  assert.equal(outcome.report?.branch, undefined);
  const nested = message({ branch: "/1:2:aa/0:2:bb", joins: [1] }, 1);
  assert.equal(failedOutcome(receive(nested, fatal), now, now).report?.branch, "/1:2:aa");
});

Deno.test("a body too large to be wrapped is known by its header", pure, () => {
  const body = encode(message());
  const parsed = parseMessage(body);
  assert(parsed.ok);
  const envelope = wrapFailure(
    { failure: busy, body, message: parsed.message, step: "a", actor: "a-1" },
    body.length,
  );
  assert(envelope.failureHeader !== undefined, "the envelope does not fit");
  const input = readTerminalInput({
    raw: {
      body: new TextDecoder().decode(envelope.body),
      encoding: "utf8",
      properties: { headers: { [FAILURE_HEADER]: envelope.failureHeader } },
    },
  });
  const received = parseErrorEnvelope(input.body, input.failureHeader);
  assert.equal(received.failure.code, "retryable_error");
  assert.deepEqual(createRetry(received, rule)?.message, message({ at: 0, attempt: 2 }));
});
