import assert from "node:assert/strict";
import { createFailure, type Json, parseErrorEnvelope, parseReply } from "@asya/protocol";
import { decide } from "./decide.ts";
import type { CallEnd, Decision } from "./decision.ts";
import type { Policy } from "./policy.ts";
import {
  bytesOf,
  jsonOf,
  NOW_MS,
  sampleBody,
  samplePolicy,
  sampleTerminalWork,
} from "./testing/samples.ts";
import type { TerminalWork } from "./work.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });
const terminal = { isTerminal: true, queue: "error-end" };
const envelope = {
  job_id: "j1",
  error: "oom_error",
  original_message: JSON.stringify(sampleBody()),
};

function ended(end: CallEnd, work: TerminalWork, policy: Partial<Policy> = {}): Decision {
  return decide(work, end, samplePolicy({ ...terminal, ...policy }), NOW_MS);
}

function replied(reply: Json, work = sampleTerminalWork(envelope), policy = {}): Decision {
  return ended({ kind: "replied", reply: parseReply(reply) }, work, policy);
}

core(
  "[D8] what a terminal actor wants sent is published, to its message's steps and the ends",
  () => {
    const sends: Json[] = [
      { queue: "classify", message: sampleBody(), delay_ms: 5000 },
      { queue: "dead-letter-queue", body: "as it is" },
      { queue: "error-end", body: "{}" },
      { queue: "happy-end", body: "{}" },
    ];
    const decision = replied({ status: "ok", sends });
    assert(decision.kind === "sends");
    assert.deepEqual(
      decision.messages.map(({ queue, body, delayMs }) => [
        queue,
        new TextDecoder().decode(body),
        delayMs,
      ]),
      [
        ["classify", JSON.stringify(sampleBody()), 5000],
        ["dead-letter-queue", "as it is", undefined],
        ["error-end", "{}", undefined],
        ["happy-end", "{}", undefined],
      ],
    );
    assert.equal(new Set(decision.messages.map(({ messageId }) => messageId)).size, 4);
  },
);

core("[D7] a send's wait that no queue offers is written into its message", () => {
  const decision = replied({
    status: "ok",
    sends: [{ queue: "ocr", message: sampleBody(), delay_ms: 7_200_000 }],
  });
  assert(decision.kind === "sends");
  assert.equal(decision.messages[0]?.delayMs, 3_600_000);
  assert.match(
    JSON.stringify(jsonOf(decision.messages[0]?.body)),
    /"not_before":"2026-01-01T02:00:00.000Z"/,
  );
});

core("the steps of a message that is no envelope are allowed too", () => {
  const reply = { status: "ok", sends: [{ queue: "classify", body: "{}" }] };
  assert.equal(replied(reply, sampleTerminalWork(sampleBody())).kind, "sends");
});

core("a send elsewhere is the terminal actor's own failure", () => {
  const decision = replied({ status: "ok", sends: [{ queue: "elsewhere", body: "{}" }] });
  assert(decision.kind === "retry");
  assert.equal(decision.why, "own_failure");
});

core("a send over the cap is the terminal actor's own failure, at every try the same", () => {
  const sends = [{ queue: "ocr", body: "x".repeat(101) }];
  const decision = replied({ status: "ok", sends }, sampleTerminalWork(envelope), {
    maxMessageBytes: 100,
  });
  assert(decision.kind === "fail");
  assert.equal(decision.failure.code, "frame_too_large");
  assert.equal(decision.message.queue, "dead-letter-queue");
});

const others: Json[] = [
  null,
  { status: "ok", result: { stored: true } },
  { status: "ok", result: [1, 2] },
  { status: "ok", absorbed: true },
  [{ payload: { stored: true } }],
];

for (const reply of others) {
  core(`a terminal actor's other output is dropped: ${JSON.stringify(reply)}`, () => {
    assert.deepEqual(replied(reply), { kind: "sends", messages: [] });
  });
}

core("[D10] a terminal actor's own failure is tried again, later each time, never sent on", () => {
  const waits = [1, 2, 3, 4].map((attempt) => {
    const work = sampleTerminalWork("?", {
      headers: { "asya-attempt": String(attempt), traceparent: "00-a" },
    });
    const decision = ended({
      kind: "replied",
      reply: { kind: "failure", failure: createFailure("processing_error", "no disk") },
    }, work);
    assert(decision.kind === "retry");
    assert.equal(decision.failure?.message, "no disk");
    assert.equal(decision.message.queue, "error-end");
    assert.deepEqual(decision.message.body, bytesOf("?"));
    assert.deepEqual(decision.message.headers, {
      "asya-attempt": String(attempt + 1),
      traceparent: "00-a",
    });
    return decision.message.delayMs;
  });
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000]);
});

core("a failure that asks for a longer wait gets it", () => {
  const decision = ended({ kind: "died", reason: "oom" }, sampleTerminalWork("?"));
  assert(decision.kind === "retry");
  assert.equal(decision.message.delayMs, 30_000);
});

const last = { headers: { "asya-attempt": "5" } };

core("[D9] a terminal actor's last failure dead-letters the message with the reason", () => {
  const decision = replied(
    { status: "error", error: "processing_error", message: "no disk" },
    sampleTerminalWork(sampleBody(), { ...last, queue: "happy-end" }),
    { queue: "happy-end" },
  );
  assert(decision.kind === "fail");
  assert.equal(decision.message.queue, "dead-letter-queue");
  const received = parseErrorEnvelope(decision.message.body);
  assert.equal(received.failure.message, "no disk");
  assert.equal(received.step, "happy-end");
  assert.equal(received.jobId, "j1");
  assert.deepEqual(received.body, bytesOf(sampleBody()));
});

core("[D9] an envelope is dead-lettered as it is, with the reason beside it", () => {
  const decision = ended({ kind: "timed_out" }, sampleTerminalWork(envelope, last));
  assert(decision.kind === "fail");
  assert.equal(decision.message.queue, "dead-letter-queue");
  assert.deepEqual(decision.message.body, bytesOf(envelope));
  assert.match(decision.message.headers?.["asya-failure"] ?? "", /timeout_error/);
});

core(
  "[D9] a body too large for a terminal actor is dead-lettered at once, with its own failure",
  () => {
    const first = JSON.stringify({ error: "malformed_message" });
    const work = sampleTerminalWork("x".repeat(2_000), { headers: { "asya-failure": first } });
    const failure = createFailure("frame_too_large", "the call has 2000 bytes");
    const decision = ended({ kind: "replied", reply: { kind: "failure", failure } }, work);
    assert(decision.kind === "fail");
    assert.equal(decision.failure.code, "frame_too_large");
    assert.equal(decision.message.queue, "dead-letter-queue");
    assert.deepEqual(decision.message.body, work.received.body);
    assert.equal(decision.message.headers?.["asya-failure"], first);
  },
);

core("[D9] a body that is no message is dead-lettered byte for byte", () => {
  const body = new Uint8Array([0xff, 0x00]);
  const decision = ended({ kind: "timed_out" }, sampleTerminalWork(body, last));
  assert(decision.kind === "fail");
  assert.deepEqual(parseErrorEnvelope(decision.message.body).body, body);
});

core("[D5] a body that kills a terminal actor's runtime is counted in a header", () => {
  const first = ended({ kind: "died", reason: "exit" }, sampleTerminalWork("?"));
  assert(first.kind === "retry");
  assert.deepEqual(first.message.headers, { "asya-deliveries": "1" });
  const work = sampleTerminalWork("?", { headers: { "asya-deliveries": "4" } });
  const decision = ended({ kind: "died", reason: "exit" }, work);
  assert(decision.kind === "fail");
  assert.equal(decision.message.queue, "dead-letter-queue");
});
