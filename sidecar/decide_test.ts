import assert from "node:assert/strict";
import {
  createFailure,
  isOwnMessageId,
  type Json,
  parseErrorEnvelope,
  parseReply,
  type Reply,
} from "@asya/protocol";
import { decide } from "./decide.ts";
import type { CallEnd, DeathReason, Decision } from "./decision.ts";
import type { Policy } from "./policy.ts";
import {
  bytesOf,
  CREATED,
  jsonOf,
  NOW_MS,
  sampleBody,
  samplePolicy,
  sampleWork,
} from "./testing/samples.ts";
import type { StepWork } from "./work.ts";

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

function replied(
  reply: Reply | Json,
  work: StepWork = sampleWork(),
  policy: Partial<Policy> = {},
): Decision {
  const parsed = isReply(reply) ? reply : parseReply(reply);
  return decide(work, { kind: "replied", reply: parsed }, samplePolicy(policy), NOW_MS);
}

function isReply(value: Reply | Json): value is Reply {
  return typeof value === "object" && value !== null && "kind" in value;
}

function ended(end: CallEnd, work = sampleWork(), policy: Partial<Policy> = {}): Decision {
  return decide(work, end, samplePolicy(policy), NOW_MS);
}

function messages(decision: Decision): { queue: string; body: Json; delayMs?: number }[] {
  assert(decision.kind === "forward" || decision.kind === "finish", decision.kind);
  return decision.messages.map(({ queue, body, delayMs }) => ({
    queue,
    body: jsonOf(body),
    ...(delayMs !== undefined && { delayMs }),
  }));
}

function routed(steps: string[], current: number, asya: Record<string, Json> = {}): Json {
  return { steps, current, metadata: { asya: { created: CREATED, ...asya } } };
}

const next = (payload: Json): Json =>
  sampleBody({ route: routed(["ocr", "classify"], 1), payload });

const singles: [string, Json][] = [
  ["an object", { status: "ok", result: { answer: 42 } }],
  ["one whole message", { status: "ok", messages: [{ payload: { answer: 42 } }] }],
  ["a bare list of one", [{
    payload: { answer: 42 },
    route: { steps: ["ocr", "classify"], current: 0 },
  }]],
];

for (const [what, reply] of singles) {
  core(`[W7] ${what} is one output, sent to the next step without lineage`, () => {
    const decision = replied(reply);
    assert.equal(decision.kind, "forward");
    assert.deepEqual(messages(decision), [{ queue: "classify", body: next({ answer: 42 }) }]);
  });
}

core("[W2] an output inherits job, headers, metadata, unknown fields and spelling", () => {
  const asya = { created: CREATED, replay: "j0", joins: [1], at: 0, attempt: 2, deliveries: 1 };
  const work = sampleWork({
    id: "j1",
    route: { actors: ["ocr", "b"], current: 0, metadata: { asya, team: "ml" }, version: 3 },
    headers: { traceparent: "00-aa" },
    deadline: "2030-01-01T00:00:00Z",
    extra: [1],
    payload: 1,
  });
  const decision = replied({ status: "ok", result: { a: 1 } }, work);
  assert.deepEqual(messages(decision)[0]?.body, {
    id: "j1",
    route: {
      actors: ["ocr", "b"],
      current: 1,
      metadata: { asya: { created: CREATED, replay: "j0", joins: [1] }, team: "ml" },
      version: 3,
    },
    headers: { traceparent: "00-aa" },
    deadline: "2030-01-01T00:00:00Z",
    extra: [1],
    payload: { a: 1 },
  });
  assert(decision.kind === "forward");
  assert.deepEqual(decision.messages[0]?.headers, { traceparent: "00-aa" });
});

core("what a handler says of the rest of its message counts; what is ours stays ours", () => {
  const decision = replied({
    status: "ok",
    messages: [{
      payload: 7,
      route: {
        steps: ["ocr", "translate", "store"],
        metadata: { lang: "de", asya: { branch: "/0:2:aa", created: "never" } },
      },
      headers: { mood: "good" },
      note: "kept",
      delay_ms: 1500,
    }],
  });
  assert.deepEqual(messages(decision), [{
    queue: "translate",
    delayMs: 1500,
    body: {
      job_id: "j1",
      route: {
        steps: ["ocr", "translate", "store"],
        current: 1,
        metadata: { lang: "de", asya: { created: CREATED } },
      },
      headers: { mood: "good" },
      note: "kept",
      payload: 7,
    },
  }]);
});

core("[D13] the indices of joins follow a route that a handler changed", () => {
  const work = sampleWork(
    sampleBody({ route: routed(["ocr", "classify", "gather"], 0, { joins: [2] }) }),
  );
  const steps = ["ocr", "check", "classify", "gather"];
  const [sent] = messages(replied({
    status: "ok",
    messages: [{ payload: 1, route: { steps } }],
  }, work));
  assert.deepEqual(sent?.body, sampleBody({ route: routed(steps, 1, { joins: [3] }), payload: 1 }));
});

core("[W14] a decision names the route only where a handler changed it", () => {
  const answer = (...routes: string[][]) =>
    replied({
      status: "ok",
      messages: routes.map((steps) => ({ payload: 1, route: { steps } })),
    });
  const stepsOf = (decision: Decision) => "steps" in decision ? decision.steps : undefined;
  const changed = ["ocr", "check", "classify"];
  assert.deepEqual(stepsOf(answer(changed)), changed);
  assert.deepEqual(stepsOf(answer(["ocr"])), ["ocr"]);
  assert.equal(stepsOf(answer(["ocr", "classify"])), undefined);
  assert.equal(stepsOf(answer(changed, changed)), undefined, "branches go ways of their own");
});

core("[D7] a wait that no queue offers is written into the message", () => {
  const decision = replied({
    status: "ok",
    messages: [{ payload: 1, delay_ms: 7_200_000 }],
  });
  assert.deepEqual(messages(decision), [{
    queue: "classify",
    delayMs: 3_600_000,
    body: sampleBody({
      route: routed(["ocr", "classify"], 1, { not_before: "2026-01-01T02:00:00.000Z", at: 1 }),
      payload: 1,
    }),
  }]);
});

core("after the last step an output is finished", () => {
  const work = sampleWork(sampleBody({ route: routed(["ocr"], 0) }));
  const decision = replied({ status: "ok", result: { a: 1 } }, work);
  assert(decision.kind === "finish" && !decision.isEmpty);
  assert.deepEqual(messages(decision), [{
    queue: "happy-end",
    body: sampleBody({ route: routed(["ocr"], 1), payload: { a: 1 } }),
  }]);
});

for (const reply of [null, [], { status: "ok", result: null }, { status: "ok", result: [] }]) {
  core(`[W7] ${JSON.stringify(reply)} sends the message to happy-end as it was received`, () => {
    const work = sampleWork();
    const decision = replied(reply, work);
    assert(decision.kind === "finish" && decision.isEmpty);
    assert.equal(decision.messages[0]?.queue, "happy-end");
    assert.equal(decision.messages[0]?.body, work.body);
  });
}

core("a message that ends early leaves without what describes its step", () => {
  const work = sampleWork(
    sampleBody({ route: routed(["ocr", "b"], 0, { at: 0, attempt: 3, branch: "/0:2:ab" }) }),
  );
  assert.deepEqual(messages(replied(null, work)), [{
    queue: "happy-end",
    body: sampleBody({ route: routed(["ocr", "b"], 0, { branch: "/0:2:ab" }) }),
  }]);
});

core("[D13] each output of a fan-out has its lineage, an empty branch ends at once", () => {
  const decision = replied({ status: "ok", result: [{ page: 1 }, null, { page: 3 }] });
  const sent = messages(decision);
  assert.equal(decision.kind, "forward");
  assert.deepEqual(sent.map(({ queue }) => queue), ["classify", "happy-end", "classify"]);
  const [, group] = /"\/0:3:(\w+)"/.exec(JSON.stringify(sent[0]?.body)) ?? [];
  const branch = (index: number) => ({ branch: `/${index}:3:${group}` });
  assert.deepEqual(sent.map(({ body }) => body), [
    sampleBody({ route: routed(["ocr", "classify"], 1, branch(0)), payload: { page: 1 } }),
    sampleBody({
      route: routed(["ocr", "classify"], 0, { ...branch(1), at: 0, empty: true }),
      payload: null,
    }),
    sampleBody({ route: routed(["ocr", "classify"], 1, branch(2)), payload: { page: 3 } }),
  ]);
});

core("[D13] a fan-out within a fan-out lengthens the lineage; an array of one is a fan-out", () => {
  const work = sampleWork(
    sampleBody({ route: routed(["ocr", "b"], 0, { branch: "/1:2:aa" }) }),
  );
  const [sent] = messages(replied({ status: "ok", result: [{ a: 1 }] }, work));
  assert.match(JSON.stringify(sent?.body), /"branch":"\/1:2:aa\/0:1:[0-9a-z]+"/);
});

core("[D13] a fan-out that no lineage can tell of fails at the step that wants it", () => {
  const branch = "/0:1:aa".repeat(256);
  const work = sampleWork(sampleBody({ route: routed(["ocr", "b"], 0, { branch }) }));
  const decision = replied({ status: "ok", result: [{ a: 1 }] }, work);
  assert(decision.kind === "fail");
  assert.equal(decision.failure.code, "processing_error");
  assert.match(decision.failure.message, /256 fan-outs one behind the other/);
});

core("[D13] a branch that did not fan out keeps its lineage", () => {
  const work = sampleWork(sampleBody({ route: routed(["ocr", "b"], 0, { branch: "/1:2:aa" }) }));
  const [sent] = messages(replied({ status: "ok", result: { a: 1 } }, work));
  assert.match(JSON.stringify(sent?.body), /"branch":"\/1:2:aa"/);
});

core("a fan-out of nothing but empty branches is finished", () => {
  const decision = replied({ status: "ok", result: [null, null] });
  assert(decision.kind === "finish" && !decision.isEmpty);
  assert.equal(decision.messages.length, 2);
});

core("[D13] a join's merged message leaves the latest fan-out", () => {
  for (const [branch, left] of [["/1:2:aa/0:3:bb", "/1:2:aa"], ["/0:3:bb", undefined]] as const) {
    const work = sampleWork(sampleBody({ route: routed(["ocr", "b"], 0, { branch }) }));
    const decision = replied({ status: "ok", joined: true, messages: [{ payload: 1 }] }, work);
    assert.deepEqual(messages(decision), [{
      queue: "b",
      body: sampleBody({
        route: routed(["ocr", "b"], 1, left === undefined ? {} : { branch: left }),
        payload: 1,
      }),
    }]);
  }
});

core("a join that took a message in sends nothing on", () => {
  assert.deepEqual(replied({ status: "ok", absorbed: true }), {
    kind: "absorb",
    isLate: false,
  });
});

core("[J3] a branch that came too late is taken in, and counted as late", () => {
  const decision = replied({ status: "ok", absorbed: true, late: true });
  assert.deepEqual(decision, { kind: "absorb", isLate: true });
});

core("a join that wants to look again gets its message later, marked", () => {
  const work = sampleWork(
    sampleBody({ route: routed(["ocr"], 0, { at: 0, attempt: 2, deliveries: 3 }) }),
  );
  const decision = replied({ status: "ok", absorbed: true, wake: { delay_ms: 5000 } }, work);
  assert(decision.kind === "absorb" && decision.wake);
  assert.equal(decision.wake.queue, "ocr");
  assert.equal(decision.wake.delayMs, 5000);
  assert.notEqual(decision.wake.messageId, work.received.messageId);
  assert.deepEqual(
    jsonOf(decision.wake.body),
    sampleBody({ route: routed(["ocr"], 0, { attempt: 2, wake: true, at: 0 }) }),
  );
});

core("[W11] the same work gives the same ids, another attempt others", () => {
  const reply = { status: "ok", result: [{ a: 1 }, { a: 1 }] };
  const ids = (attempt: number) => {
    const decision = replied(
      reply,
      sampleWork(sampleBody({ route: routed(["ocr", "b"], 0, { at: 0, attempt }) })),
    );
    assert(decision.kind === "forward");
    return decision.messages.map(({ messageId }) => messageId);
  };
  assert.deepEqual(ids(1), ids(1));
  assert.equal(new Set([...ids(1), ...ids(2)]).size, 4);
  assert(ids(1).every(isOwnMessageId));
});

core("[W11] outputs of foreign messages are never taken for each other", () => {
  const id = () => {
    const decision = replied(
      { status: "ok", result: {} },
      sampleWork(sampleBody(), {
        messageId: "1",
      }),
    );
    assert(decision.kind === "forward");
    return decision.messages[0]?.messageId;
  };
  assert.notEqual(id(), id());
});

const route = (steps: string[], current = 0): Json => ({
  status: "ok",
  messages: [{ payload: 1, route: { steps, current } }],
});

const failures: [
  string,
  Reply | Json,
  string,
  "fatal" | "recoverable",
  RegExp,
  Partial<Policy>?,
][] = [
  [
    "a thrown error",
    { status: "error", error: "processing_error", message: "no", type: "TypeError" },
    "processing_error",
    "fatal",
    /^no$/,
  ],
  [
    "a recoverable failure",
    { status: "error", error: "retryable_error", message: "busy", retry_after: 3 },
    "retryable_error",
    "recoverable",
    /busy/,
  ],
  [
    "a code of a host's own",
    { status: "error", error: "quota_error", message: "spent", severity: "recoverable" },
    "quota_error",
    "recoverable",
    /spent/,
  ],
  [
    "memory exhaustion",
    [{ error: "processing_error", details: { type: "MemoryError", message: "" } }],
    "oom_error",
    "recoverable",
    /./,
  ],
  [
    "GPU memory exhaustion",
    { error: "processing_error", details: { message: "CUDA out of memory" } },
    "cuda_oom_error",
    "recoverable",
    /CUDA/,
  ],
  [
    "a parsing error of an older host",
    [{ error: "msg_parsing_error", details: { message: "bad" } }],
    "malformed_message",
    "fatal",
    /bad/,
  ],
  ["invalid JSON", { error: "invalid_json", message: "no" }, "invalid_json", "fatal", /no/],
  [
    "invalid input",
    { status: "error", error: "validation_error", message: "page" },
    "validation_error",
    "fatal",
    /page/,
  ],
  ["an illegal reply", "?", "processing_error", "fatal", /illegal: the reply is string/],
  [
    "a changed past",
    route(["other", "classify"]),
    "processing_error",
    "fatal",
    /step "ocr" changed .* steps\[0\] was "ocr"/,
  ],
  [
    "a moved current",
    route(["ocr", "classify"], 1),
    "processing_error",
    "fatal",
    /moved route\.current from 0 to 1/,
  ],
  [
    "a next step that is not allowed",
    route(["ocr", "elsewhere"]),
    "route_error",
    "fatal",
    /"elsewhere"; step "ocr" may send to "classify"/,
    { allowedSteps: new Set(["classify"]) },
  ],
  [
    "an output over the cap",
    { status: "ok", result: [{ a: 1 }, { a: "x".repeat(500) }] },
    "frame_too_large",
    "fatal",
    /output 1 of 2 of step "ocr" .* at most 400 are allowed/,
    { maxMessageBytes: 400 },
  ],
  [
    "sends, which only terminal actors may",
    { status: "ok", sends: [] },
    "processing_error",
    "fatal",
    /only a terminal actor/,
  ],
  [
    "a timeout that the runtime noticed",
    { status: "error", error: "timeout_error", message: "late" },
    "timeout_error",
    "fatal",
    /late/,
  ],
  [
    "a timeout where timeouts are retried",
    { status: "error", error: "timeout_error", message: "late" },
    "timeout_error",
    "recoverable",
    /late/,
    { retryTimeouts: true },
  ],
];

for (const [what, reply, code, severity, message, policy] of failures) {
  core(`[W5] ${what} is a ${severity} ${code}, with the message as it was received`, () => {
    const work = sampleWork(
      sampleBody({ route: routed(["ocr", "classify"], 0, { at: 0, attempt: 2 }) }),
    );
    const decision = replied(reply, work, policy);
    assert(decision.kind === "fail");
    assert.equal(decision.failure.code, code);
    assert.match(decision.failure.message, message);
    assert.equal(decision.message.queue, "error-end");
    const received = parseErrorEnvelope(
      decision.message.body,
      decision.message.headers?.["asya-failure"],
    );
    assert.equal(received.failure.code, code);
    assert.equal(received.failure.severity, severity);
    assert.equal(received.jobId, "j1");
    assert.equal(received.step, "ocr");
    assert.equal(received.actor, "ocr-actor");
    assert.equal(received.attempt, 2);
    assert.deepEqual(received.body, work.received.body);
  });
}

core("[W10] a failure whose envelope would be too large goes beside its unchanged body", () => {
  const work = sampleWork(sampleBody({ payload: "x".repeat(600) }));
  const decision = ended({ kind: "timed_out" }, work, { maxMessageBytes: 800 });
  assert(decision.kind === "fail");
  assert.equal(decision.message.body, work.received.body);
  const header = decision.message.headers?.["asya-failure"];
  assert.equal(parseErrorEnvelope(work.received.body, header).failure.code, "timeout_error");
});

core("a call that took too long is a timeout_error, worth a retry where that is set", () => {
  for (const [retryTimeouts, severity] of [[false, "fatal"], [true, "recoverable"]] as const) {
    const decision = ended({ kind: "timed_out" }, sampleWork(), { retryTimeouts });
    assert(decision.kind === "fail");
    assert.equal(decision.failure.code, "timeout_error");
    assert.equal(decision.failure.severity, severity);
    assert.match(decision.failure.message, /"ocr" took longer than the 300000 ms/);
  }
});

const deaths: DeathReason[] = ["exit", "signal", "killed", "unknown"];
for (const reason of deaths) {
  core(`[D5] a message that killed its runtime (${reason}) is tried again, then given up`, () => {
    const first = ended({ kind: "died", reason });
    assert(first.kind === "retry");
    assert.equal(first.why, "runtime_died");
    assert.equal(first.message.queue, "ocr");
    assert.deepEqual(
      jsonOf(first.message.body),
      sampleBody({ route: routed(["ocr", "classify"], 0, { deliveries: 1, at: 0 }) }),
    );
    const tried = sampleWork(
      sampleBody({ route: routed(["ocr", "classify"], 0, { deliveries: 4, at: 0 }) }),
    );
    const last = ended({ kind: "died", reason }, tried);
    assert(last.kind === "fail");
    assert.equal(last.failure.code, "connection_error");
    assert.match(last.failure.message, /died 5 times/);
  });
}

core("[R4] a message that took all memory is an oom_error at once", () => {
  const decision = ended({ kind: "died", reason: "oom" });
  assert(decision.kind === "fail");
  assert.equal(decision.failure.code, "oom_error");
  assert.equal(decision.failure.severity, "recoverable");
});

core("[R3] a message that blocked its runtime until that was killed is a timeout_error", () => {
  const decision = ended({ kind: "died", reason: "timeout" });
  assert(decision.kind === "fail");
  assert.equal(decision.failure.code, "timeout_error");
});

core("[D4] a message that is given back is the same as before, uncounted", () => {
  const work = sampleWork(sampleBody(), { messageId: "7", headers: { a: "b" } });
  assert.deepEqual(ended({ kind: "given_back" }, work), {
    kind: "retry",
    why: "given_back",
    message: { queue: "ocr", body: work.received.body, messageId: "7", headers: { a: "b" } },
  });
});

core("a message without id gets one when it is given back", () => {
  const { messageId: _, ...received } = sampleWork().received;
  const decision = ended({ kind: "given_back" }, { ...sampleWork(), received });
  assert(decision.kind === "retry");
  assert(isOwnMessageId(decision.message.messageId));
});

core("[D15] a call that was cancelled is dropped", () => {
  assert.deepEqual(ended({ kind: "cancelled" }), { kind: "drop", why: "inactive" });
});

core("[D4] a message over the cap is given back all the same: its queue took it once", () => {
  const work = sampleWork();
  const decision = ended({ kind: "given_back" }, work, { maxMessageBytes: work.body.length - 1 });
  assert(decision.kind === "retry");
  assert.equal(decision.message.body, work.body);
});

core("a message that is too large with its counts fails instead of coming back for ever", () => {
  const work = sampleWork();
  const decision = ended({ kind: "died", reason: "exit" }, work, {
    maxMessageBytes: work.body.length,
  });
  assert(decision.kind === "fail");
  assert.equal(decision.failure.code, "frame_too_large");
});

core("a foreign message keeps its job through the failure", () => {
  const { job_id: _, ...foreign } = sampleBody();
  const work = sampleWork(foreign, { messageId: "order-7" });
  const decision = replied({ kind: "failure", failure: createFailure("oom_error", "no") }, work);
  assert(decision.kind === "fail");
  assert.deepEqual(parseErrorEnvelope(decision.message.body).body, bytesOf(foreign));
  assert.equal(parseErrorEnvelope(decision.message.body).jobId, work.message.jobId);
});

core("a payload whose text is known is sent on as it is, number by number", () => {
  const payloadText = '{"n":12345678901234567890,"x":1.0}';
  const output = { payload: JSON.parse(payloadText), payloadText };
  const decision = replied({ kind: "output", output });
  assert(decision.kind === "forward");
  const text = new TextDecoder().decode(decision.messages[0]?.body);
  assert(text.endsWith(`,"payload":${payloadText}}`), text);
  assert.deepEqual(messages(decision)[0]?.body, next(output.payload));
});
