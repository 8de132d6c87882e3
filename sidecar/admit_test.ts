import assert from "node:assert/strict";
import { parseErrorEnvelope } from "@asya/protocol";
import { type Admission, admit, type Memory } from "./admit.ts";
import type { Policy } from "./policy.ts";
import {
  bytesOf,
  CREATED,
  jsonOf,
  NOW_MS,
  OWN_ID,
  sampleBody,
  samplePolicy,
  sampleReceived,
} from "./testing/samples.ts";
import type { Received } from "./work.ts";

const NOTHING: Memory = { isDone: () => false, isInactive: () => false };
const LATER = new Date(NOW_MS + 60_000).toISOString();
const EARLIER = new Date(NOW_MS - 1).toISOString();

interface Given {
  readonly body?: unknown;
  readonly received?: Partial<Received>;
  readonly policy?: Partial<Policy>;
  readonly memory?: Partial<Memory>;
}

function admitted(given: Given): Admission {
  const received = sampleReceived(given.body ?? sampleBody(), given.received);
  return admit(received, samplePolicy(given.policy), { ...NOTHING, ...given.memory }, NOW_MS);
}

function route(change: Record<string, unknown>, asya: Record<string, unknown> = {}): unknown {
  const metadata = { asya: { created: CREATED, ...asya } };
  return {
    ...sampleBody(),
    route: { steps: ["ocr", "classify"], current: 0, metadata, ...change },
  };
}

const core = (name: string, fn: () => void) => Deno.test({ name, permissions: "none", fn });

core("a message of its step is handed to the handler as the bytes it came as", () => {
  const body = bytesOf(` ${JSON.stringify(sampleBody())}\n`);
  const admission = admitted({ body });
  assert.equal(admission.kind, "call");
  assert(admission.kind === "call" && admission.work.kind === "step");
  assert.equal(admission.work.body, body);
  assert.equal(admission.foreignStep, undefined);
});

core("whoever sees a message first gives it a job and a time of creation", () => {
  const { job_id: _, ...rest } = sampleBody({ route: { steps: ["ocr"], current: 0 } });
  const timestamp = new Date("2025-12-31T23:00:00Z");
  const ids = ["order-7", "order-7", undefined].map((messageId) => {
    const admission = admitted({
      body: rest,
      received: { timestamp, ...(messageId && { messageId }) },
    });
    assert(admission.kind === "call" && admission.work.kind === "step");
    const { message, body } = admission.work;
    assert.deepEqual(message.route.metadata, { asya: { created: timestamp.toISOString() } });
    assert.deepEqual(jsonOf(body), {
      ...rest,
      job_id: message.jobId,
      route: { steps: ["ocr"], current: 0, metadata: message.route.metadata },
    });
    return message.jobId;
  });
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[1], ids[2]);
});

core("a message that names another step is worked on, with a warning", () => {
  const admission = admitted({ policy: { queue: "ocr-large" } });
  assert(admission.kind === "call");
  assert.equal(admission.foreignStep, "ocr");
});

const failures: [string, Given, string, RegExp][] = [
  ["what is not JSON", { body: "{" }, "malformed_message", /not JSON/],
  ["what is not UTF-8", { body: new Uint8Array([0xff]) }, "malformed_message", /not UTF-8/],
  ["an empty body", { body: "" }, "malformed_message", /not JSON/],
  ["a body without route", { body: { payload: 1 } }, "malformed_message", /route is nothing/],
  [
    "a finished route",
    { body: route({ current: 2 }) },
    "malformed_message",
    /route\.current is 2 .* 0 to 1 is allowed/,
  ],
  ["too many hops", { body: route({ current: 1 }), policy: { maxHops: 1 } }, "route_error", /hops/],
  [
    "a deadline at the top",
    { body: { ...sampleBody(), deadline: EARLIER } },
    "deadline_exceeded",
    /"ocr" was not called/,
  ],
  [
    "a deadline that is carried",
    { body: route({}, { deadline: EARLIER }) },
    "deadline_exceeded",
    /over at/,
  ],
  [
    "a next step that is not allowed",
    { policy: { allowedSteps: new Set(["store"]) } },
    "route_error",
    /"classify"; step "ocr" may send to "store"/,
  ],
  ...["happy-end", "error-end", "dead-letter-queue"].map((
    queue,
  ): [string, Given, string, RegExp] => [
    `a next step that is ${queue}`,
    { body: route({ steps: ["ocr", queue] }) },
    "route_error",
    new RegExp(`"${queue}", a terminal queue`),
  ]),
  [
    "a next step that cannot name a queue",
    { body: route({ steps: ["ocr", "amq.direct"] }) },
    "route_error",
    /"amq.direct", which cannot name a queue/,
  ],
  [
    "one redelivery too many",
    { body: route({}, { at: 0, redeliveries: 50 }), received: { redelivered: true } },
    "connection_error",
    /again 51 times; at most 50/,
  ],
];

for (const [what, given, code, message] of failures) {
  core(`[W5] ${what} is a ${code} and goes to error-end with its body`, () => {
    const admission = admitted(given);
    assert(admission.kind === "refuse" && admission.decision.kind === "fail");
    const { decision: { failure, message: sent } } = admission;
    assert.equal(failure.code, code);
    assert.match(failure.message, message);
    assert.equal(sent.queue, "error-end");
    assert.deepEqual(parseErrorEnvelope(sent.body).body, bytesOf(given.body ?? sampleBody()));
  });
}

core("[D6] a redelivered message is counted before anybody looks at it", () => {
  const admission = admitted({
    body: route({}, { at: 0, redeliveries: 3 }),
    received: { redelivered: true, headers: { traceparent: "00-a" }, messageId: "foreign" },
  });
  assert(admission.kind === "refuse" && admission.decision.kind === "retry");
  const { why, message } = admission.decision;
  assert.equal(why, "redelivered");
  assert.equal(message.queue, "ocr");
  assert.equal(message.messageId, "foreign");
  assert.deepEqual(message.headers, { traceparent: "00-a" });
  assert.deepEqual(
    jsonOf(message.body),
    route({}, { redeliveries: 4, at: 0 }),
  );
});

core("[W1] a deadline that a producer left empty is none", () => {
  for (const deadline of ["", null, "0001-01-01T00:00:00Z"]) {
    assert.equal(admitted({ body: { ...sampleBody(), deadline } }).kind, "call");
  }
});

core("[D7] a message whose time has not come goes back with the rest of its wait", () => {
  const body = route({}, { at: 0, not_before: LATER });
  const admission = admitted({ body });
  assert(admission.kind === "refuse" && admission.decision.kind === "retry");
  assert.equal(admission.decision.why, "early");
  assert.equal(admission.decision.message.delayMs, 60_000);
  assert.deepEqual(admission.decision.message.body, bytesOf(body));
  assert.equal(admitted({ body: route({}, { at: 1, not_before: LATER }) }).kind, "call");
});

core("[D15] a message of a job that nobody waits for is dropped", () => {
  const admission = admitted({ memory: { isInactive: (id) => id === "j1" } });
  assert(admission.kind === "refuse");
  assert.deepEqual(admission.decision, { kind: "drop", why: "inactive" });
});

core("[W11] a message that was done before is dropped, known by an id of our form only", () => {
  const memory = { isDone: () => true };
  const own = admitted({ memory, received: { messageId: OWN_ID, redelivered: true } });
  assert(own.kind === "refuse");
  assert.deepEqual(own.decision, { kind: "drop", why: "duplicate" });
  assert.equal(admitted({ memory, received: { messageId: "7" } }).kind, "call");
});

core("[W1] every spelling is read", () => {
  for (const key of ["steps", "route", "actors"]) {
    const body = { [key === "actors" ? "id" : "job_id"]: "j1", payload: 1 };
    const admission = admitted({ body: { ...body, route: { [key]: ["ocr"], current: 0 } } });
    assert(admission.kind === "call" && admission.work.kind === "step");
    assert.equal(admission.work.message.jobId, "j1");
  }
});

core("a terminal actor takes any body", () => {
  for (const body of ["{", "", new Uint8Array([0xff]), { a: 1 }, route({ current: 2 })]) {
    const admission = admitted({ body, policy: { isTerminal: true, queue: "error-end" } });
    assert.equal(admission.kind, "call");
    assert(admission.kind === "call");
    assert.equal(admission.work.kind, "terminal");
  }
});

core("a terminal actor's redelivered body is counted in a header, then dead-lettered", () => {
  const policy = { isTerminal: true, queue: "error-end" };
  const first = admitted({ body: "?", policy, received: { redelivered: true } });
  assert(first.kind === "refuse" && first.decision.kind === "retry");
  assert.deepEqual(first.decision.message.headers, { "asya-redeliveries": "1" });
  assert.deepEqual(first.decision.message.body, bytesOf("?"));
  const last = admitted({
    body: "?",
    policy,
    received: { redelivered: true, headers: { "asya-redeliveries": "50" } },
  });
  assert(last.kind === "refuse" && last.decision.kind === "fail");
  assert.equal(last.decision.message.queue, "dead-letter-queue");
  assert.equal(last.decision.failure.code, "connection_error");
});
