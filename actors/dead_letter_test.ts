import assert from "node:assert/strict";
import { createFailure, parseErrorEnvelope, parseMessage } from "@asya/protocol";
import { createDeadLetter } from "./dead_letter.ts";

const pure = { permissions: "none" } as const;
const queue = "dead-letter-queue";
const failure = createFailure("processing_error", "it broke", { type: "TypeError" });
const original = '{"job_id":"j1","route":{"steps":["a"],"current":0},"payload":{"page":1}}';
const parsed = parseMessage(original);
const work = {
  failure,
  from: "error-end",
  jobId: "j1",
  step: "a",
  actor: "a-1",
  attempt: 2,
  body: new TextEncoder().encode(original),
} as const;
const read = (body: string | undefined) => parseErrorEnvelope(new TextEncoder().encode(body));

const storedAt = "file:///errors/j1.json";
const properties = { message_id: "m-1", timestamp: "2026-03-04T05:06:07Z", headers: { a: "b" } };
const all = {
  retry: { attempts: 2, baseMs: 500 },
  message: parsed.ok ? parsed.message : undefined,
  properties,
};

Deno.test("[D9] a dead letter has all that a replay needs", pure, () => {
  assert(parsed.ok, "the body is a message");
  const letter = createDeadLetter({ ...work, storedAt, ...all }, queue, 10_000);
  assert.equal(letter?.queue, queue);
  assert.deepEqual(JSON.parse(letter?.body ?? ""), {
    dead_letter: {
      version: 1,
      from: "error-end",
      bytes: 72,
      sha256: "47329661fb02278d0b13c4ae65e7d273c964347ede539a4d3ee663235f41772e",
      stored: storedAt,
      retry: { attempts: 2, base: 0.5 },
      properties,
    },
    job_id: "j1",
    error: "processing_error",
    error_details: {
      message: "it broke",
      type: "TypeError",
      severity: "fatal",
      step: "a",
      actor: "a-1",
      attempt: 2,
    },
    route: { steps: ["a"], current: 0 },
    original_message: original,
  });
  const received = read(letter?.body);
  assert.deepEqual(received.body, work.body);
  assert.deepEqual(received.message?.payload, { page: 1 });
  assert.equal(received.step, "a");
  assert.equal(received.attempt, 2);
});

Deno.test("[D9] bytes that are not UTF-8 come back as they were", pure, () => {
  const body = new Uint8Array([0xff, 0x00, 0xfe]);
  const letter = createDeadLetter({ ...work, body }, queue, 10_000);
  assert.deepEqual(read(letter?.body).body, body);
});

Deno.test("[D9] what is too large for a letter", pure, async (t) => {
  await t.step("twice, but not once: what is in the body anyway is left out", () => {
    const whole = createDeadLetter({ ...work, ...all }, queue, 10_000)?.body ?? "";
    const letter = createDeadLetter({ ...work, ...all }, queue, whole.length - 1);
    const { route, original_message } = JSON.parse(letter?.body ?? "");
    assert.equal(route, undefined);
    assert.equal(original_message, original);
  });
  const maxBytes = 400;
  const body = new TextEncoder().encode(`"${"x".repeat(400)}"`);
  await t.step("and stored: the letter says where", () => {
    const letter = createDeadLetter({ ...work, body, storedAt: "file:///e" }, queue, maxBytes);
    const { dead_letter, original_message } = JSON.parse(letter?.body ?? "");
    assert.equal(dead_letter.stored, "file:///e");
    assert.equal(dead_letter.bytes, body.length);
    assert.equal(original_message, undefined);
  });
  await t.step("and stored: the letter has the route as long as there is room", () => {
    const body = new TextEncoder().encode("x".repeat(2_000));
    const large = { ...work, ...all, body, storedAt: "file:///e" };
    const letterOf = (maxBytes: number) => createDeadLetter(large, queue, maxBytes)?.body ?? "";
    const roomy = letterOf(1_500);
    assert.deepEqual(JSON.parse(roomy).route, { steps: ["a"], current: 0 });
    assert.equal(JSON.parse(letterOf(roomy.length - 1)).route, undefined);
  });
  await t.step("and stored nowhere: the body is the letter", () => {
    const letter = createDeadLetter({ ...work, body }, queue, maxBytes);
    assert.equal(letter?.body, new TextDecoder().decode(body));
  });
  await t.step("stored nowhere and not UTF-8: no letter can carry it", () => {
    const bytes = new Uint8Array(400).fill(0xff);
    assert.equal(createDeadLetter({ ...work, body: bytes }, queue, maxBytes), undefined);
  });
});
