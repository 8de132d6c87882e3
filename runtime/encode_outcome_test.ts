import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol/json";
import { parseMessage } from "@asya/protocol/message";
import { absorbed, joined, messages, sends } from "./answer.ts";
import { encodeOutcome, type ReplyForm } from "./encode_outcome.ts";
import { readResult } from "./read_result.ts";

const parsed = parseMessage({
  job_id: "j1",
  route: { actors: ["a", "b"], current: 0, metadata: { team: "ml" }, tenant: "t" },
  payload: {},
});
assert(parsed.ok);
const received = parsed.message;
const form: ReplyForm = { format: "object", maxBytes: 100_000, oneItem: false };

function encode(result: unknown, change: Partial<ReplyForm> = {}): unknown {
  return JSON.parse(encodeOutcome(readResult(result), { ...form, ...change }, received));
}

const objects: readonly [name: string, result: unknown, reply: unknown][] = [
  ["an object", { a: 1 }, { status: "ok", result: { a: 1 } }],
  ["a fan-out", [{ a: 1 }, null], { status: "ok", result: [{ a: 1 }, null] }],
  ["a fan-out of one", [{ a: 1 }], { status: "ok", result: [{ a: 1 }] }],
  ["nothing", undefined, { status: "ok", result: null }],
  ["an empty array", [], { status: "ok", result: null }],
  ["a join's late branch", absorbed({ late: true }), { status: "ok", absorbed: true, late: true }],
  ["a join's wait", absorbed({ wakeMs: 5 }), {
    status: "ok",
    absorbed: true,
    wake: { delay_ms: 5 },
  }],
  [
    "a join's end",
    joined({ payload: { n: 2 } }),
    { status: "ok", joined: true, messages: [{ payload: { n: 2 } }] },
  ],
  [
    "a whole message",
    messages([{ payload: 7, steps: ["a", "c"], headers: { h: 1 }, delayMs: 9 }]),
    {
      status: "ok",
      messages: [{ payload: 7, route: { steps: ["a", "c"] }, headers: { h: 1 }, delay_ms: 9 }],
    },
  ],
  [
    "sends",
    sends([{ queue: "q", body: "b", delayMs: 1 }, { queue: "r", message: { a: 1 } }]),
    {
      status: "ok",
      sends: [{ queue: "q", body: "b", delay_ms: 1 }, { queue: "r", message: { a: 1 } }],
    },
  ],
];

for (const [name, result, reply] of objects) {
  Deno.test(`${name} in object form`, { permissions: "none" }, () => {
    assert.deepEqual(encode(result), reply);
  });
}

const route = { actors: ["a", "b"], current: 0, metadata: { team: "ml" }, tenant: "t" };
const lists: readonly [name: string, result: unknown, reply: unknown][] = [
  ["an object", { a: 1 }, [{ payload: { a: 1 }, route }]],
  ["a fan-out", [{ a: 1 }, null], [{ payload: { a: 1 }, route }, { payload: null, route }]],
  ["nothing", null, []],
  [
    "a changed route",
    messages([{ payload: 7, steps: ["a", "c"] }]),
    [{ payload: 7, route: { ...route, actors: ["a", "c"] } }],
  ],
];

for (const [name, result, reply] of lists) {
  Deno.test(`[W1] [W8] ${name} in list form`, { permissions: "none" }, () => {
    assert.deepEqual(encode(result, { format: "list" }), reply);
  });
}

Deno.test("[W8] a terminal actor's list has exactly one item", { permissions: "none" }, () => {
  for (const result of [undefined, { a: 1 }, [{ a: 1 }, { b: 2 }], sends([])]) {
    assert.deepEqual(encode(result, { format: "list", oneItem: true }), [{ payload: {}, route }]);
  }
});

for (
  const [name, result] of [
    ["absorbed", absorbed()],
    ["joined", joined({ payload: 1 })],
    ["sends", sends([])],
    ["a delay", messages([{ payload: 1, delayMs: 5 }])],
    ["a delay", messages([{ payload: 1, delayMs: 5 }, null])],
  ] as const
) {
  Deno.test(`[W8] ${name} has no list form, and says so`, { permissions: "none" }, () => {
    const [item] = encode(result, { format: "list" }) as [JsonObject];
    assert.equal(item.error, "processing_error");
    assert.match(JSON.stringify(item.details), /list form/);
    assert(JSON.stringify(item.details).includes(name));
  });
}

Deno.test("[W9] an answer that changes what is done is refused", { permissions: "none" }, () => {
  const answers = [
    messages([{ payload: 1, steps: ["x", "b"] }]),
    messages([{ payload: 1 }, null, { payload: 2, steps: ["x"] }]),
    joined({ payload: 1, steps: [] }),
  ];
  for (const answer of answers) {
    const { error, message } = encode(answer) as JsonObject;
    assert.equal(error, "processing_error");
    assert.match(String(message), /step "a" changed the part of the route that is done/);
  }
});

Deno.test("[W4] a reply over the cap is a failure that fits", { permissions: "none" }, () => {
  const change = { maxBytes: 1_000 };
  for (const text of ["x".repeat(2_000), "ü".repeat(700)]) {
    const { error, message } = encode({ text }, change) as JsonObject;
    assert.equal(error, "frame_too_large");
    assert.match(String(message), /more than 1000 bytes/);
  }
  assert.deepEqual(encode({ text: "ü".repeat(400) }, change), {
    status: "ok",
    result: { text: "ü".repeat(400) },
  });
});

const illegal: readonly [name: string, result: unknown, says: RegExp][] = [
  ["messages of no array", messages({} as never), /messages\(\) was not given an array/],
  ["a message without payload", messages([{} as never]), /messages\[0\] has no payload/],
  ["a joined message that is none", joined(null as never), /joined is no object/],
  [
    "steps under another name",
    messages([{ payload: 1, route: { steps: ["a"] } } as never]),
    /messages\[0\] has route; payload, steps, metadata, headers, delayMs are allowed/,
  ],
  ["a message that is none", messages([undefined as never]), /messages\[0\] is no object/],
  ["steps of numbers", messages([{ payload: 1, steps: [1] as never }]), /no list of queue names/],
  ["a bad delay", messages([{ payload: 1, delayMs: -1 }]), /delayMs is no number of milliseconds/],
  ["headers of text", messages([{ payload: 1, headers: "h" as never }]), /headers is no object/],
  ["a BigInt inside", joined({ payload: { n: 1n } }), /joined\.payload\.n is a BigInt/],
  ["a send to nowhere", sends([{ queue: "", body: "b" }]), /sends\[0\] names no queue/],
  ["a send of nothing", sends([{ queue: "q" } as never]), /needs either a message or a body/],
  ["a bad wake", absorbed({ wakeMs: NaN }), /wakeMs is no number of milliseconds/],
];

for (const [name, result, says] of illegal) {
  Deno.test(`[R8] ${name} is refused`, { permissions: "none" }, () => {
    const { error, message } = encode(result) as JsonObject;
    assert.equal(error, "processing_error");
    assert.match(String(message), says);
  });
}
