import {
  createFailure,
  FAILURE_HEADER,
  type Json,
  type JsonObject,
  parseMessage,
  wrapFailure,
} from "@asya/protocol";
import type { BrowsedMessage } from "@asya/transport";
import fc from "fast-check";
import assert from "node:assert/strict";
import { letterToWire, summaryToWire } from "./letter_to_wire.ts";
import { parseDeadLetter } from "./parse_dead_letter.ts";

const pure = { permissions: "none" } as const;
const encoder = new TextEncoder();
const ORIGINAL = JSON.stringify({
  job_id: "j1",
  route: {
    steps: ["ocr", "store"],
    current: 0,
    metadata: { asya: { created: "2026-01-01T00:00:00Z" } },
  },
  headers: { traceparent: "00-1" },
  payload: { page: 1 },
});

const found = (
  body: string | Uint8Array | Json,
  more: Partial<BrowsedMessage> = {},
): BrowsedMessage => ({
  body: body instanceof Uint8Array
    ? body
    : encoder.encode(typeof body === "string" ? body : JSON.stringify(body)),
  headers: {},
  ...more,
});

const read = (body: string | Uint8Array | Json, more?: Partial<BrowsedMessage>) =>
  letterToWire(parseDeadLetter(found(body, more)));

Deno.test("[L2] a letter of error-end says what failed, where, and with what", pure, () => {
  const letter = read({
    dead_letter: { version: 1, from: "error-end", bytes: 7, sha256: "…", stored: "s3://b/k" },
    job_id: "j1",
    error: "timeout_error",
    error_details: {
      message: "too slow",
      step: "ocr",
      actor: "ocr-1",
      attempt: 3,
      severity: "fatal",
    },
    original_message: ORIGINAL,
  });
  const { job_id, error, message, step, actor, attempt, from, created, bytes, stored } = letter;
  assert.deepEqual(
    [job_id, error, message, step, actor, attempt, from, created, bytes, stored],
    [
      "j1",
      "timeout_error",
      "too slow",
      "ocr",
      "ocr-1",
      3,
      "error-end",
      "2026-01-01T00:00:00Z",
      7,
      "s3://b/k",
    ],
  );
  assert.deepEqual([letter.replayable, letter.payload, letter.original_message], [
    true,
    { page: 1 },
    ORIGINAL,
  ]);
  assert.deepEqual(letter.headers, { traceparent: "00-1" });
});

Deno.test("[L2] a letter whose body is only stored says where", pure, () => {
  const { route } = JSON.parse(ORIGINAL);
  const stub = {
    error: "x",
    dead_letter: { stored: "s3://b/k", bytes: 5 },
    error_details: { step: "ocr" },
  };
  for (const letter of [read({ ...stub, job_id: "j1", route }), read({ ...stub, job_id: "j1" })]) {
    assert.deepEqual([letter.replayable, letter.payload, letter.original_message], [
      false,
      undefined,
      undefined,
    ]);
    assert.match(String(letter.why_not), /s3:\/\/b\/k/);
    assert.deepEqual([letter.bytes, letter.step, letter.job_id], [5, "ocr", "j1"]);
  }
  assert.deepEqual(read({ ...stub, route }).route, route);
});

Deno.test(
  "[L2] what error-end itself failed on is the failure of the step, and that of error-end",
  pure,
  () => {
    const parsed = parseMessage(ORIGINAL);
    assert(parsed.ok);
    const failure = createFailure("processing_error", "no such page");
    const body = encoder.encode(ORIGINAL);
    const work = { failure, body, message: parsed.message, step: "ocr", actor: "ocr-1" };
    const envelope = wrapFailure(work, 10_000);
    const beside = JSON.stringify({
      error: "connection_error",
      error_details: { message: "the store is away", step: "error-end", actor: "error-end" },
    });
    const letter = read(envelope.body, { headers: { [FAILURE_HEADER]: beside } });
    assert.deepEqual([letter.error, letter.step, letter.from], [
      "processing_error",
      "ocr",
      "error-end",
    ]);
    assert.deepEqual([letter.replayable, letter.payload], [true, { page: 1 }]);
    assert.deepEqual((letter.error_details as Record<string, Json>).given_up, {
      error: "connection_error",
      message: "the store is away",
      severity: "fatal",
    });
    const large = wrapFailure(work, body.length);
    assert.ok(large.failureHeader);
    const bare = read(large.body, { headers: { [FAILURE_HEADER]: large.failureHeader } });
    assert.deepEqual([bare.error, bare.step, bare.payload], ["processing_error", "ocr", {
      page: 1,
    }]);
  },
);

Deno.test("[L2] a finished job that happy-end failed on was done, and says so", pure, () => {
  const message = { ...JSON.parse(ORIGINAL), route: { steps: ["ocr"], current: 1, metadata: {} } };
  const letter = read({
    error: "connection_error",
    error_details: { message: "the gateway is away", step: "happy-end", actor: "happy-end" },
    original_message: JSON.stringify(message),
  });
  assert.deepEqual([letter.step, letter.from, letter.replayable], [
    "happy-end",
    "happy-end",
    false,
  ]);
  assert.match(String(letter.why_not), /from_step and payload/);
});

Deno.test(
  "[L2] what a broker put here says why, and can be replayed where it is a message",
  pure,
  () => {
    const headers = { "x-first-death-reason": "expired", "x-first-death-queue": "ocr" };
    const letter = read(ORIGINAL, { headers });
    assert.deepEqual([letter.error, letter.step, letter.from], ["expired", "ocr", "ocr"]);
    assert.deepEqual([letter.job_id, letter.replayable], ["j1", true]);
    const bare = read(ORIGINAL);
    assert.deepEqual([bare.error, bare.step, bare.replayable], ["unknown", null, true]);
  },
);

Deno.test("[L2] a letter of a join says what to replay instead of one branch alone", pure, () => {
  const at = (asya: JsonObject, payload: Json, current = 1): JsonObject => ({
    job_id: "j1",
    route: { steps: ["split", "gather"], current, metadata: { asya: { joins: [1], ...asya } } },
    payload,
  });
  const branch = "/0:2:ab";
  const marker = at({ branch, at: 1, marker: true }, { branch, outcome: "failed" });
  const letter = (message: JsonObject, step = "gather") =>
    read({
      error: "processing_error",
      error_details: { message: "1 of 2 branches ended well, which is too few", step },
      original_message: JSON.stringify(message),
    });
  const told = letter(marker);
  assert.equal(told.replayable, false);
  assert.equal(
    told.why_not,
    'the body only tells the join "gather" that a branch has ended; replay job "j1" instead, from ' +
      "the step that fans out or one before it, or say from_step and payload of such a step here",
  );
  assert.match(String(letter(at({ branch }, 7)).why_not), /one branch of many.*replay job "j1"/);
  const { original_message: _, ...stub } = { original_message: 0, route: marker.route ?? null };
  const stored = { error: "x", job_id: "j1", dead_letter: { stored: "s3://b/k" }, ...stub };
  const away = read({ ...stored, error_details: { step: "gather" } });
  assert.match(String(away.why_not), /only tells the join/, "also where the body is stored alone");
  assert.equal(letter(at({}, 7)).replayable, true, "what no fan-out made is whole");
  assert.equal(
    letter(at({ branch }, 7, 0), "split").replayable,
    true,
    "so is work before the join",
  );
});

Deno.test("[L2] whatever else is in the queue is a letter as well", pure, () => {
  const deep = "[".repeat(5_000) + "]".repeat(5_000);
  const bodies = [
    "",
    "?",
    "null",
    "7",
    deep,
    new Uint8Array([0xff, 0]),
    { error: null },
    { error: 7 },
    { error: {}, error_details: 7, original_message: 7, dead_letter: 7 },
    { error: "x", original_message: "!", original_encoding: "base64" },
    { error: "x", dead_letter: { bytes: "many", stored: {}, from: [] } },
  ];
  for (const body of bodies) {
    const letter = read(body as Json);
    assert.equal(letter.replayable, false, JSON.stringify(body));
    assert.ok(letter.why_not);
    assert.ok(String(letter.id).length > 0);
  }
});

Deno.test("[L2] no letter, however it is made, throws", pure, () => {
  const word = fc.constantFrom(
    "error",
    "route",
    "steps",
    "current",
    "payload",
    "dead_letter",
    "original_message",
    "error_details",
    "job_id",
    "stored",
    "bytes",
    "step",
    "metadata",
    "asya",
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue(),
      fc.constant(ORIGINAL),
      fc.array(tie("value")),
      fc.dictionary(word, tie("value")),
    ),
  })).value;
  const headers = fc.dictionary(
    fc.constantFrom(FAILURE_HEADER, "x-first-death-reason", "y"),
    fc.string(),
  );
  fc.assert(
    fc.property(json, headers, fc.option(fc.string()), (body, headers, messageId) => {
      const letter = letterToWire(parseDeadLetter({
        body: encoder.encode(JSON.stringify(body)),
        headers,
        ...(messageId !== null && { messageId }),
      }));
      JSON.stringify(letter);
      assert.equal(letter.replayable, letter.why_not === undefined);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("[L2] a letter is known by its identity, its time and its bytes", pure, () => {
  const timestamp = new Date(0);
  const idOf = (...args: Parameters<typeof found>) => parseDeadLetter(found(...args)).id;
  assert.equal(idOf("a", { messageId: "m" }), idOf("a", { messageId: "m" }));
  const ids = [idOf("a"), idOf("b"), idOf("a", { messageId: "m" }), idOf("a", { timestamp })];
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});

Deno.test("[L2] what stands in listings is bounded, whoever wrote a letter", pure, () => {
  const vast = "x".repeat(100_000);
  const bodies: Json[] = [
    { ...JSON.parse(ORIGINAL), job_id: vast },
    { error: vast, job_id: vast, error_details: { message: vast, step: vast, actor: vast } },
    { error: "x", job_id: "j1", dead_letter: { from: vast, stored: vast } },
  ];
  for (const body of bodies) {
    const summary = summaryToWire(parseDeadLetter(found(body)));
    assert(JSON.stringify(summary).length < 10_000, JSON.stringify(summary).slice(0, 200));
  }
});
