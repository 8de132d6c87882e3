import assert from "node:assert/strict";
import * as fc from "fast-check";
import { writeBookkeeping } from "./bookkeeping.ts";
import { createJob, replayOf } from "./job.ts";
import type { Json, JsonObject } from "./json.ts";
import { type RetryPolicy, retryPolicyOf, retryToWire } from "./retry_policy.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const routeWith = (retry: JsonObject) =>
  writeBookkeeping({ steps: ["ocr"], current: 0, metadata: {} }, { retry });

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  attempts: fc.integer({ min: 1, max: 1_001 }),
  baseMs: fc.integer({ min: 0, max: 86_400_000 }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  maxMs: fc.integer({ min: 0, max: 86_400_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  codes: fc.array(fc.constantFrom("timeout_error", "rate.limited")),
}, { requiredKeys: [], noNullPrototype: true });

test("[D21] a policy is read from a message as it was written into it", () => {
  fc.assert(fc.property(policies, (policy) => {
    const route = routeWith({ ocr: retryToWire(policy) });
    assert.deepEqual(retryPolicyOf(route, "ocr"), { policy, problems: [] });
    assert.deepEqual(retryPolicyOf(route, "toString"), { policy: {}, problems: [] });
  }));
});

test("[D21] whatever a producer wrote, there is a policy, and a sentence for what is wrong", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const { policy, problems } = retryPolicyOf(routeWith({ ocr: value as Json }), "ocr");
    assert.equal(typeof policy, "object");
    assert.ok(problems.every((problem) => problem.startsWith("retry.ocr")));
  }));
});

test("[D21] every wrong value of a policy is named, and then none of it counts", () => {
  const cases: [JsonObject, string][] = [
    [{ attempts: 0 }, "retry.ocr.attempts is 0; a whole number from 1 to 1001 is allowed"],
    [{ attempts: 1.5 }, "retry.ocr.attempts is 1.5; a whole number from 1 to 1001 is allowed"],
    [{ base: -1 }, "retry.ocr.base is -1; seconds from 0 to 31536000 is allowed"],
    [{ base: "5s" }, 'retry.ocr.base is "5s"; seconds from 0 to 31536000 is allowed'],
    [{ max: true }, "retry.ocr.max is true; seconds from 0 to 31536000 is allowed"],
    [{ max: [] }, "retry.ocr.max is []; seconds from 0 to 31536000 is allowed"],
    [{ factor: 0.5 }, "retry.ocr.factor is 0.5; a number from 1 to 100 is allowed"],
    [{ jitter: 1.1 }, "retry.ocr.jitter is 1.1; a number from 0 to 1 is allowed"],
    [
      { codes: "oom_error" },
      'retry.ocr.codes is "oom_error"; a list of failures\' codes is allowed',
    ],
  ];
  for (const [written, problem] of cases) {
    const read = retryPolicyOf(routeWith({ ocr: { attempts: 9, ...written } }), "ocr");
    assert.deepEqual(read, { policy: {}, problems: [problem] });
  }
  const { problems } = retryPolicyOf(
    routeWith({ ocr: { codes: ["mine", "deadline_exceeded", 7] } }),
    "ocr",
  );
  assert.match(problems[0] ?? "", /^retry\.ocr\.codes\[1\] is "deadline_exceeded"; the code of/);
  assert.match(problems[1] ?? "", /^retry\.ocr\.codes\[2\] is 7; the code of/);
});

test("[D21] a replay keeps the policies of the job it replays", () => {
  const retry = { ocr: { attempts: 2 } };
  const job = createJob(
    { id: "j1", tool: "t", steps: ["ocr"], timeoutSeconds: 9, retry },
    new Date(),
  );
  assert.deepEqual(job.route.metadata.asya, { ...Object(job.route.metadata.asya), retry });
  const replay = replayOf(job, { id: "j2", fromStep: 0 });
  assert.deepEqual(replay.ok && replay.job.retry, retry);
});
