import assert from "node:assert/strict";
import { isJsonObject, type Json, parseReply } from "@asya/protocol";
import { decide } from "./decide.ts";
import { messagesOf } from "./decision.ts";
import {
  CREATED,
  jsonOf,
  NOW_MS,
  sampleBody,
  samplePolicy,
  sampleWork,
} from "./testing/samples.ts";

const retry = { classify: { attempts: 9 }, later: { attempts: 1 } };

/** A branch in the middle of its route, with policies and the counts of a second try. */
function work() {
  const asya = { created: CREATED, branch: "/0:2:ab", retry, at: 0, attempt: 2 };
  const route = { steps: ["ocr", "classify"], current: 0, metadata: { asya } };
  return sampleWork(sampleBody({ route }));
}

const replies: [what: string, reply: Json][] = [
  ["one output", { status: "ok", result: { page: 1 } }],
  ["a fan-out with an empty branch", { status: "ok", result: [{ page: 1 }, null] }],
  ["nothing", { status: "ok", result: null }],
  ["what a join puts together", {
    status: "ok",
    joined: true,
    messages: [{ payload: {} }],
  }],
  ["a join's look later", { status: "ok", absorbed: true, wake: { delay_ms: 1_000 } }],
  ["a changed route, and metadata that knows nothing of them", {
    status: "ok",
    messages: [{
      payload: {},
      route: { steps: ["ocr", "later"], current: 0, metadata: { asya: { retry: 5 } } },
    }],
  }],
];

for (const [what, reply] of replies) {
  Deno.test(`[D21] policies of retry go with ${what}`, { permissions: "none" }, () => {
    const end = { kind: "replied", reply: parseReply(reply) } as const;
    const decision = decide(work(), end, samplePolicy(), NOW_MS);
    const bodies = messagesOf(decision).map(({ body }) => jsonOf(body));
    assert.ok(bodies.length > 0, decision.kind);
    for (const body of bodies) {
      assert.ok(
        isJsonObject(body) && isJsonObject(body.route) && isJsonObject(body.route.metadata),
      );
      const { asya } = body.route.metadata;
      assert.deepEqual(isJsonObject(asya) && asya.retry, retry);
    }
  });
}
