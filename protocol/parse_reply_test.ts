import assert from "node:assert/strict";
import * as fc from "fast-check";
import { toObjectReply } from "./encode_reply.ts";
import { createFailure, FAILURE_CODES } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import { MAX_FAN_OUT } from "./lineage.ts";
import { MAX_MESSAGE_DEPTH } from "./message.ts";
import { failureToWire, parseFailure } from "./parse_failure.ts";
import { parseReply, parseReplyBody } from "./parse_reply.ts";
import { MAX_DELAY_MS } from "./time.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

/** Any JSON as an encoder writes it: it has no words for −0, which comes back as 0. */
const json = fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)));

/** Values that are nearly replies: every field the parser knows, holding anything. */
const nearlyReply = fc.record({
  status: fc.oneof(fc.constantFrom("ok", "error"), json),
  result: json,
  messages: fc.oneof(json, fc.array(fc.record({ payload: json, route: json, delay_ms: json }))),
  sends: fc.oneof(json, fc.array(fc.record({ queue: json, message: json, body: json }))),
  absorbed: fc.oneof(fc.constant(true), json),
  wake: fc.oneof(json, fc.record({ delay_ms: json })),
  joined: fc.oneof(fc.constant(true), json),
  error: json,
  details: fc.oneof(json, fc.record({ message: json, type: json, traceback: json })),
  severity: json,
  retry_after: json,
}, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;

test("[W7] any JSON is a reply; nothing is thrown", () => {
  const anything = fc.oneof(json, nearlyReply, fc.array(nearlyReply));
  fc.assert(
    fc.property(anything, (value) => {
      const reply = parseReply(value);
      if (reply.kind === "failure") {
        assert.ok(["fatal", "recoverable"].includes(reply.failure.severity));
      }
      // What was understood can be said again, in our own words, and means the same.
      assert.deepEqual(parseReply(JSON.parse(JSON.stringify(toObjectReply(reply)))), again(reply));
    }),
    { numRuns: 2000 },
  );
});

/** A fan-out of one whole message has no words of its own: it comes back as a single output. */
function again(reply: ReturnType<typeof parseReply>): ReturnType<typeof parseReply> {
  if (reply.kind !== "fan_out" || reply.outputs.length !== 1 || !reply.outputs[0]) return reply;
  const [output] = reply.outputs;
  return Object.keys(output).length === 1 && output.payload !== null
    ? reply
    : { kind: "output", output };
}

test("[W7] a failure says what it said, in every code and severity", () => {
  const failures = fc.record({
    code: fc.constantFrom(...FAILURE_CODES, "made_up"),
    message: fc.string({ minLength: 1 }),
    details: fc.record({
      type: fc.string({ minLength: 1 }),
      severity: fc.constantFrom("fatal" as const, "recoverable" as const),
      retryAfterSeconds: fc.nat(100),
      stack: fc.string({ minLength: 1 }),
    }, { requiredKeys: ["severity", "retryAfterSeconds"], noNullPrototype: true }),
  }).map(({ code, message, details }) => createFailure(code, message, details));
  fc.assert(fc.property(failures, (failure) => {
    const wire = failureToWire(failure);
    assert.deepEqual(parseFailure(wire), failure);
    assert.deepEqual(parseReply({ status: "error", ...wire }), { kind: "failure", failure });
  }));
});

test("[W7] the code of a failure is a short word, whatever was said", () => {
  fc.assert(fc.property(json, json, (error, details) => {
    const { code } = parseFailure({ error, details });
    assert.match(code, /^[A-Za-z][\w.:-]{0,63}$/);
  }));
});

test("[D13] a fan-out has a limit, which is said", () => {
  const items = (count: number) => Array(count).fill({ a: 1 });
  assert.equal(parseReply({ status: "ok", result: items(MAX_FAN_OUT) }).kind, "fan_out");
  const over = parseReply({ status: "ok", result: items(MAX_FAN_OUT + 1) });
  assert.match(over.kind === "failure" ? over.failure.message : "", /100001 outputs.*100000/);
});

test("[D7] a delay has a limit: a time must stand at its end", () => {
  const asking = (delay_ms: number): Json[] => [
    { status: "ok", messages: [{ payload: 1, delay_ms }] },
    { status: "ok", sends: [{ queue: "q", body: "", delay_ms }] },
    { status: "ok", absorbed: true, wake: { delay_ms } },
  ];
  for (const reply of asking(MAX_DELAY_MS)) assert.notEqual(parseReply(reply).kind, "failure");
  for (const reply of [...asking(MAX_DELAY_MS + 1), ...asking(1e300)]) {
    const parsed = parseReply(reply);
    assert.match(parsed.kind === "failure" ? parsed.failure.message : "", /to 31536000000\b/);
  }
});

test("[W7] any bytes are a reply; what is not JSON, or too deep to be sent on, is illegal", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const replyTo = (text: string) => parseReplyBody(new TextEncoder().encode(text));
  assert.equal(
    replyTo(`{"status":"ok","result":${nested(MAX_MESSAGE_DEPTH - 1)}}`).kind,
    "fan_out",
  );
  for (
    const [text, why] of [
      ["", /not JSON/],
      ["\ufeffnull", /not JSON/],
      [`{"status":"ok","result":${nested(MAX_MESSAGE_DEPTH)}}`, /deeper than 1000 levels/],
      ['{"status":"ok","result":{"n":1e999}}', /1\.8e308/],
    ] as const
  ) {
    const reply = replyTo(text);
    assert.ok(reply.kind === "failure");
    assert.equal(reply.failure.code, "processing_error");
    assert.match(reply.failure.message, why);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.equal(typeof parseReplyBody(bytes).kind, "string");
  }));
});

test("[W9] steps under a name that nobody knows are refused, not overlooked", () => {
  const answer = (route: Json): Json => ({ status: "ok", messages: [{ payload: 1, route }] });
  const refused = parseReply(answer({ stages: ["a", "b"], current: 0 }));
  assert.match(
    refused.kind === "failure" ? refused.failure.message : "",
    /route has stages and no steps; its steps may be called steps, route or actors/,
  );
  const good: Json[] = [{ actors: ["a"], version: 3 }, { metadata: { team: "ml" } }, {}];
  for (const route of good) {
    assert.equal(parseReply(answer(route)).kind, "output", JSON.stringify(route));
  }
});

test("[W7] an illegal answer is shown in the failure, in short", () => {
  const reply = parseReply({ status: "x".repeat(100_000) });
  assert.ok(reply.kind === "failure");
  assert.match(reply.failure.message, /status "xxx/);
  assert.ok(reply.failure.message.length < 250);
});
