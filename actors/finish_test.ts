import assert from "node:assert/strict";
import { fingerprint, type Json } from "@asya/protocol";
import { decideFinish } from "./finish.ts";

const pure = { permissions: "none" } as const;
const now = new Date("2026-03-04T05:06:07Z");
const encode = (value: Json) => new TextEncoder().encode(JSON.stringify(value));

/** A message with two steps, a payload of 7, and the given place and bookkeeping. */
function message(current: number, asya: Record<string, Json> = {}, job_id = "j1") {
  return { job_id, route: { steps: ["a", "b"], current, metadata: { asya } }, payload: 7 };
}

function finished(value: Json) {
  const finish = decideFinish({ body: encode(value) }, now);
  assert(finish.kind === "finished", "the body is a message");
  return finish.outcome;
}

const branch = "/1:3:ab";

Deno.test(
  "[D10] what happy-end stores and reports, by where the message ended",
  pure,
  async (t) => {
    const cases = [
      ["at the end of its route", message(2), { result: 7 }],
      ["early, as a whole job: the payload is the result", message(0), { result: 7, early: true }],
      ["at the end, as a branch", message(2, { branch }), { result: 7, branch }],
      ["early, as a branch: nothing", message(1, { branch }), {
        result: null,
        branch,
        early: true,
      }],
    ] as const;
    for (const [name, value, expected] of cases) {
      await t.step(name, () => {
        const { report, document, marker } = finished(value);
        assert.equal(marker, undefined);
        assert.deepEqual(report, {
          jobId: "j1",
          status: "succeeded",
          result: expected.result,
          ...("branch" in expected && { branch }),
          steps: ["a", "b"],
          current: value.route.current,
          timestamp: now.toISOString(),
        });
        assert.equal(document.result, expected.result);
        assert.equal(document.early_end, "early" in expected ? true : undefined);
      });
    }
  },
);

Deno.test("[D13] a branch that ends before a join is told to the join, not reported", pure, () => {
  const { report, marker } = finished(message(0, { branch, joins: [1] }));
  assert.equal(report, undefined);
  assert.equal(marker?.queue, "b");
  assert.deepEqual(marker?.message, {
    job_id: "j1",
    route: {
      steps: ["a", "b"],
      current: 1,
      metadata: { asya: { branch, joins: [1], at: 1, marker: true } },
    },
    payload: { branch, outcome: "empty" },
  });
});

Deno.test("[J2] an empty output of a fan-out is told to the join of that fan-out", pure, () => {
  const join = { b: { of: "a" } };
  const asya = { branch, joins: [1], join };
  const isOfA = { ...asya, at: 0, empty: true };
  assert.equal(finished(message(0, isOfA)).marker?.queue, "b");
  const outside = finished(message(0, asya));
  assert.equal(outside.marker, undefined, "a itself ended the branch, and fanned nothing out");
  assert.equal(outside.report?.branch, branch);
});

Deno.test("a whole job that ends early before a join is reported", pure, () => {
  const { report, marker } = finished(message(0, { joins: [1] }));
  assert.equal(marker, undefined);
  assert.equal(report?.result, 7);
});

Deno.test("a branch that passed its join is reported", pure, () => {
  assert.equal(finished(message(2, { branch, joins: [1] })).report?.branch, branch);
});

Deno.test(
  "a message without job id is stored under the hash of its body, not reported",
  pure,
  () => {
    const value = message(2, { created: "2026-01-02T03:04:05Z" }, "");
    const { key, report, document } = finished(value);
    assert.equal(key, `asya-results/2026-01-02/03/b/${fingerprint(encode(value), 32)}.json`);
    assert.equal(report, undefined);
    assert.equal("job_id" in document, false);
  },
);

Deno.test("a delivery's counters change neither key nor document", pure, () => {
  const first = finished(message(2, { created: "2026-01-02T03:04:05Z" }));
  const again = finished(
    message(2, { created: "2026-01-02T03:04:05Z", at: 2, redeliveries: 3, deliveries: 1 }),
  );
  assert.deepEqual(again.document, first.document);
  assert.equal(again.key, first.key);
});

Deno.test("without a begin of its own, a job is filed under the time of its message", pure, () => {
  const sentAt = new Date("2025-12-31T23:00:00Z");
  const finish = decideFinish({ body: encode(message(2)), sentAt }, now);
  assert(finish.kind === "finished");
  assert.equal(finish.outcome.key, "asya-results/2025-12-31/23/b/j1.json");
});

Deno.test("[W5] a body that is no message is unreadable", pure, () => {
  for (const body of ["", "?", "[]", '{"job_id":"j1","payload":1}']) {
    const finish = decideFinish({ body: new TextEncoder().encode(body) }, now);
    assert(finish.kind === "unreadable", body);
    assert.equal(finish.failure.code, "malformed_message");
  }
});
