import assert from "node:assert/strict";
import {
  createFailure,
  FAILURE_HEADER,
  type Json,
  parseErrorEnvelope,
  parseMessage,
  type ReceivedFailure,
  wrapFailure,
} from "@asya/protocol";
import { decideRetry } from "./decide_retry.ts";
import { readTerminalInput } from "./terminal_input.ts";

const pure = { permissions: "none" } as const;
const settings = {
  attempts: 4,
  baseMs: 5_000,
  factor: 2,
  maxMs: 3_600_000,
  jitter: 0,
  codes: [],
};
const encode = (value: Json | string) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const busy = createFailure("retryable_error", "busy");

function message(asya: Record<string, Json> = {}, current = 0) {
  return {
    job_id: "j1",
    route: { steps: ["a", "b"], current, metadata: { asya, team: "ml" } },
    headers: { traceparent: "00-1" },
    priority: "high",
    payload: { page: 1 },
  };
}

const NOW_MS = Date.parse("2026-03-04T05:06:07Z");

const retryOf = (received: ReceivedFailure, maxBytes = 1 << 20) =>
  decideRetry(received, settings, { maxBytes, nowMs: NOW_MS }).retry;

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
  const retry = retryOf(receive(message()));
  assert.deepEqual(retry, {
    queue: "a",
    delayMs: 5_000,
    message: message({ at: 0, attempt: 2 }),
  });
});

Deno.test("[D8] what would be tried after its job's deadline is given up at once", pure, () => {
  const cases: readonly [string, boolean][] = [
    ["2026-03-04T05:06:12.001Z", true],
    ["2026-03-04T05:06:12Z", false],
    ["2026-03-04T05:06:00Z", false],
    ["0001-01-01T00:00:00Z", true],
  ];
  for (const [deadline, isTried] of cases) {
    assert.equal(retryOf(receive(message({ deadline }))) !== undefined, isTried, deadline);
    assert.equal(retryOf(receive({ ...message(), deadline })) !== undefined, isTried, deadline);
  }
});

Deno.test("[D8] each retry waits twice as long, and the fourth failure is the end", pure, () => {
  const delays = [1, 2, 3, 4].map((attempt) =>
    retryOf(receive(message({ at: 0, attempt })))?.delayMs
  );
  assert.deepEqual(delays, [5_000, 10_000, 20_000, undefined]);
});

Deno.test("[D8] severity decides about a retry, not the code", pure, () => {
  const soft = createFailure("processing_error", "?", { severity: "recoverable" });
  const hard = createFailure("oom_error", "?", { severity: "fatal" });
  assert.equal(retryOf(receive(message(), soft))?.queue, "a");
  assert.equal(retryOf(receive(message(), hard)), undefined);
});

Deno.test("a retry starts with the counts of a new try", pure, () => {
  const before = { at: 0, attempt: 1, deliveries: 5, redeliveries: 9 };
  const retry = retryOf(receive(message(before)));
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
  const retry = retryOf(parseErrorEnvelope(encode(envelope)));
  assert.equal(retry?.message?.job_id, "given-later");
});

Deno.test("a step that the route does not know is retried where the route is", pure, () => {
  const received = { ...receive(message()), step: "elsewhere" };
  assert.equal(retryOf(received)?.queue, "a");
});

Deno.test("a message that outgrows a queue with its count is given up", pure, () => {
  const room = encode(message()).length;
  assert.equal(retryOf(receive(message()), room), undefined);
});

Deno.test("what is no message cannot be retried", pure, () => {
  assert.equal(retryOf(receive("?", busy)), undefined);
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
  assert.deepEqual(retryOf(received)?.message, message({ at: 0, attempt: 2 }));
});

Deno.test(
  "[D21] a step is tried again as its message says, and else as the settings say",
  pure,
  () => {
    const policy = { attempts: 6, base: 1, factor: 3, max: 20, codes: ["validation_error"] };
    const retry = { a: policy, b: { attempts: 1 } };
    const wrong = createFailure("validation_error", "page is missing");
    const delays = [1, 2, 3, 4, 5, 6].map((attempt) =>
      retryOf(receive(message({ at: 0, attempt, retry }), wrong))?.delayMs
    );
    assert.deepEqual(delays, [1_000, 3_000, 9_000, 20_000, 20_000, undefined]);
    assert.equal(
      retryOf(receive(message({ retry }), createFailure("route_error", "?"))),
      undefined,
    );
    const slow = createFailure("retryable_error", "?", { retryAfterSeconds: 60 });
    assert.equal(retryOf(receive(message({ retry }), slow))?.delayMs, 60_000);
    const { rule } = decideRetry(receive(message({ retry: { a: { jitter: 0 } } })), settings, {
      maxBytes: 9e9,
      nowMs: NOW_MS,
    });
    assert.deepEqual(rule, settings);
  },
);

Deno.test("[D21] a policy stays with its message, from try to try", pure, () => {
  const retry = { a: { attempts: 6 } };
  assert.deepEqual(
    retryOf(receive(message({ retry })))?.message,
    message({ retry, at: 0, attempt: 2 }),
  );
});

Deno.test("[D21] a wrong policy costs no message: the settings count, and it is told", pure, () => {
  const { retry, rule, problems } = decideRetry(
    receive(message({ retry: { a: { attempts: 1, base: "soon" } } })),
    settings,
    { maxBytes: 1 << 20, nowMs: NOW_MS },
  );
  assert.equal(retry?.delayMs, 5_000);
  assert.deepEqual(rule, settings);
  assert.deepEqual(problems, ['retry.a.base is "soon"; seconds from 0 to 31536000 is allowed']);
});

Deno.test(
  "[D21] the branches of a job wait apart, each the same time whenever it is asked",
  pure,
  () => {
    const retry = { a: { jitter: 1, base: 3600 } };
    const waits = Array.from({ length: 20 }, (_, index) => {
      const branch = message({ retry, branch: `/${index}:20:ab` });
      const [first, second] = [retryOf(receive(branch)), retryOf(receive(branch))];
      assert.deepEqual(first, second);
      return first?.delayMs;
    });
    assert.equal(new Set(waits).size, 20);
  },
);
