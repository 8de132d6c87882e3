import assert from "node:assert/strict";
import {
  createFailure,
  fingerprint,
  type Json,
  parseErrorEnvelope,
  parseMessage,
  wrapFailure,
} from "@asya/protocol";
import { failedOutcome } from "./give_up.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-03-04T05:06:07Z");
const place = { sentAt: now, now };
const encode = (value: Json | string) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
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
function receive(value: Json, failure = fatal) {
  const body = encode(value);
  const parsed = parseMessage(body);
  const work = { failure, body, step: "a", actor: "a-1" };
  return parseErrorEnvelope(
    wrapFailure(parsed.ok ? { ...work, message: parsed.message } : work, 1 << 20).body,
  );
}

Deno.test("[D9] the outcome of a failure has everything that is known", pure, () => {
  const value = message({ created: "2026-01-02T03:04:05Z" });
  const outcome = failedOutcome(receive(value), place);
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
    const outcome = failedOutcome(receive("\x00?"), place);
    const name = fingerprint(encode("\x00?"), 32);
    assert.equal(outcome.key, `asya-errors/2026-03-04/05/a/${name}.json`);
    assert.equal(outcome.report, undefined);
    assert.equal(outcome.document.original_message, "\x00?");
  },
);

Deno.test("[D13] a branch that is given up before a join is told to the join", pure, () => {
  const branch = "/0:2:ab";
  const outcome = failedOutcome(receive(message({ branch, joins: [1] })), place);
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
  const outcome = failedOutcome(receive(at), place);
  assert.equal(outcome.marker, undefined);
  assert.equal(outcome.report?.branch, undefined);
  const nested = message({ branch: "/1:2:aa/0:2:bb", joins: [1] }, 1);
  assert.equal(failedOutcome(receive(nested), place).report?.branch, "/1:2:aa");
});

Deno.test(
  "[D9] the stack of a failure is kept, and told to callers unless they may not see it",
  pure,
  () => {
    const failure = createFailure("processing_error", "it broke", { stack: "at /srv/ocr.ts:7" });
    const received = receive(message(), failure);
    const stackOf = (details: unknown) => Object(details).stack;
    for (const reportsStack of [true, false]) {
      const { document, report } = failedOutcome(received, { ...place, reportsStack });
      assert.equal(stackOf(document.error_details), "at /srv/ocr.ts:7");
      assert.equal(stackOf(report?.errorDetails), reportsStack ? "at /srv/ocr.ts:7" : undefined);
    }
  },
);

Deno.test("[J3] a late branch is stored, and nobody is told of it", pure, () => {
  const late = createFailure("processing_error", "too late", { type: "LateBranch" });
  const asya = { branch: "/0:2:ab", joins: [1] };
  const outcome = failedOutcome(receive(message(asya, 1), late), place);
  assert.equal(outcome.report, undefined);
  assert.equal(outcome.marker, undefined);
  assert.equal(outcome.document.branch, "/0:2:ab", "its own, not the group's");
  const elsewhere = failedOutcome(receive(message({ branch: "/0:2:ab" }), late), place);
  assert.equal(elsewhere.report?.branch, "/0:2:ab", "an error of that name that is no join's");
});

Deno.test("[J2] a branch that fails before an inner fan-out is told to its own join", pure, () => {
  const asya = { branch: "/0:2:ab", joins: [2, 3] };
  const body = message(asya);
  const route = { ...body.route, steps: ["a", "b", "inner", "outer"], current: 1 };
  const outcome = failedOutcome(receive({ ...body, route }), place);
  assert.equal(outcome.marker?.queue, "outer");
});
