import assert from "node:assert/strict";
import * as fc from "fast-check";
import { toListReply, toObjectReply } from "./encode_reply.ts";
import { createFailure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseReply } from "./parse_reply.ts";
import type { Output, Reply, Send } from "./reply.ts";
import type { Route } from "./route.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

// Through text and back, as a wire does it: -0 becomes 0, undefined goes.
const json = fc.json({ maxDepth: 2 }).map((text): Json => JSON.parse(text));
const jsonObject = fc.dictionary(fc.string(), json, { maxKeys: 3, noNullPrototype: true })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));
const steps = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 });
const options = { requiredKeys: ["payload"], noNullPrototype: true } as const;
const output: fc.Arbitrary<Output> = fc.record({
  payload: json,
  steps,
  current: fc.nat(3),
  metadata: jsonObject,
  headers: jsonObject,
  extra: fc.constant({ tenant: 7 }),
  delayMs: fc.nat(10_000),
}, { ...options, requiredKeys: ["payload"] });
const send: fc.Arbitrary<Send> = fc.oneof(
  fc.record({ queue: fc.string({ minLength: 1 }), message: jsonObject, delayMs: fc.nat(9) }),
  fc.record({ queue: fc.string({ minLength: 1 }), body: fc.string() }),
).map((value) => ({ ...value }));
const route: Route = { steps: ["a", "b"], current: 0, metadata: { team: "ml" } };

const withListForm: fc.Arbitrary<Reply> = fc.oneof(
  output.map((one): Reply => ({ kind: "output", output: one })),
  fc.array(output, { minLength: 2, maxLength: 4 })
    .map((outputs): Reply => ({ kind: "fan_out", outputs })),
  fc.constant<Reply>({ kind: "empty" }),
  fc.record({
    code: fc.constantFrom("retryable_error", "oom_error", "processing_error", "made_up"),
    message: fc.string({ minLength: 1 }),
    type: fc.constantFrom("TypeError", "Busy"),
    stack: fc.string({ minLength: 1 }),
  }).map(({ code, message, type, stack }): Reply => ({
    kind: "failure",
    failure: createFailure(code, message, { type, stack }),
  })),
);
const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  withListForm,
  fc.array(fc.option(output), { minLength: 2, maxLength: 4 })
    .map((outputs): Reply => ({ kind: "fan_out", outputs })),
  fc.option(fc.nat(9999), { nil: undefined }).map((wakeMs): Reply =>
    wakeMs === undefined ? { kind: "absorbed", late: true } : { kind: "absorbed", wakeMs }
  ),
  output.map((one): Reply => ({ kind: "joined", output: one })),
  fc.array(send, { maxLength: 3 }).map((sends): Reply => ({ kind: "sends", sends })),
);

test("[W8] the object form says all that a reply says", () => {
  fc.assert(
    fc.property(anyReply, (reply) => {
      const wire: Json = JSON.parse(JSON.stringify(toObjectReply(reply)));
      assert.deepEqual(parseReply(wire), reply);
    }),
    { numRuns: 1000 },
  );
});

test("[W8] the list form says payloads, steps and codes, with the received route repeated", () => {
  fc.assert(fc.property(withListForm, (reply) => {
    const wire: Json = JSON.parse(JSON.stringify(toListReply(reply, route)));
    assert.deepEqual(parseReply(wire), repeated(reply));
  }));
});

/** What a list-reading sidecar gets of a reply. */
function repeated(reply: Reply): Reply {
  const whole = ({ delayMs: _, ...one }: Output): Output => ({
    ...one,
    steps: one.steps ?? [...route.steps],
    current: one.current ?? route.current,
    metadata: one.metadata ?? route.metadata,
  });
  if (reply.kind === "output") return { kind: "output", output: whole(reply.output) };
  if (reply.kind === "fan_out") {
    return { kind: "fan_out", outputs: reply.outputs.map((one) => one && whole(one)) };
  }
  return reply;
}

test("[W8] the list form keeps to the route as it was spelled, unknown fields included", () => {
  const received = { spelling: { id: "id", steps: "actors" }, routeExtra: { version: 2 } } as const;
  const reply: Reply = { kind: "output", output: { payload: 1 } };
  assert.deepEqual(toListReply(reply, route, received), [
    {
      payload: 1,
      route: { actors: ["a", "b"], current: 0, metadata: { team: "ml" }, version: 2 },
    },
  ]);
});

test("[W8] what has no list form is refused", () => {
  const none: Reply[] = [
    { kind: "absorbed" },
    { kind: "joined", output: { payload: 1 } },
    { kind: "sends", sends: [] },
  ];
  for (const reply of none) {
    assert.throws(() => toListReply(reply, route), new RegExp(`"${reply.kind}" has no list form`));
  }
});
