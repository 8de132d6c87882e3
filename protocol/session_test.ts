import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Json } from "./json.ts";
import {
  encodeCall,
  encodeCancel,
  encodeHello,
  encodeRawCall,
  HELLO_PREFIX,
  isHello,
  parseClientFrame,
  parseClientHello,
  parseHostFrame,
  parseHostHello,
} from "./session.ts";
import { MAX_MESSAGE_DEPTH, parseMessage } from "./message.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const encoder = new TextEncoder();
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const parsers = [parseClientFrame, parseHostFrame, parseClientHello, parseHostHello];

test("[W5] any body is a frame or a failure; nothing is thrown", () => {
  const numbered = fc.oneof(fc.nat(), fc.double(), json);
  const nearly = fc.record({
    call: numbered,
    cancel: numbered,
    reply: numbered,
    progress: numbered,
    measure: numbered,
    measures: json,
    dropped: json,
    message: json,
    raw: fc.oneof(json, fc.record({ body: json, encoding: json, properties: json })),
    timeout_ms: json,
    traceparent: json,
    fraction: numbered,
    version: numbered,
    features: json,
    instance: json,
    concurrency: numbered,
    exits: fc.oneof(json, fc.array(fc.record({ instance: json, reason: json, culprits: json }))),
  }, { requiredKeys: [] });
  const body = fc.oneof(fc.json(), nearly.map((value) => JSON.stringify(value)))
    .chain((text) => fc.constantFrom(text, HELLO_PREFIX + text))
    .map((text) => encoder.encode(text));
  fc.assert(
    fc.property(fc.oneof(body, fc.uint8Array()), (bytes) => {
      for (const parse of parsers) {
        const parsed = parse(bytes);
        if (!parsed.ok) assert.equal(parsed.failure.code, "connection_error");
      }
    }),
    { numRuns: 2000 },
  );
});

test("[W6] a hello is never JSON, and JSON is never a hello", () => {
  fc.assert(fc.property(fc.json(), fc.string(), (text, feature) => {
    assert.equal(isHello(encoder.encode(text)), false);
    const hello = encodeHello({ version: 1, features: [feature] });
    assert.equal(isHello(hello), true);
    assert.throws(() => JSON.parse(new TextDecoder().decode(hello)), SyntaxError);
  }));
  for (const other of ["", "A", "ASYA/1", "asya/1 {}", "ASYA/2 {}"]) {
    assert.equal(isHello(encoder.encode(other)), false);
  }
});

test("[W2] a message's own bytes go into a call as they are", () => {
  fc.assert(fc.property(json, fc.nat(), fc.integer({ min: 1 }), (message, call, timeoutMs) => {
    const bytes = encoder.encode(JSON.stringify(message, null, 1));
    const parts = encodeCall(call, bytes, timeoutMs);
    assert.ok(parts.includes(bytes));
    const body = new Uint8Array(parts.flatMap((part) => [...part]));
    assert.deepEqual(parseClientFrame(body), {
      ok: true,
      frame: { kind: "call", call, message: JSON.parse(JSON.stringify(message)), timeoutMs },
    });
  }));
});

test("a call may say whose part it is of a trace", () => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const told = { timeoutMs: 500, traceparent: trace };
  const parts = encodeCall(7, encoder.encode('{"payload":1}'), 500, trace);
  assert.deepEqual(parseClientFrame(new Uint8Array(parts.flatMap((part) => [...part]))), {
    ok: true,
    frame: { kind: "call", call: 7, message: { payload: 1 }, ...told },
  });
  const raw = { body: "?", encoding: "utf8", properties: {} } as const;
  assert.deepEqual(parseClientFrame(encodeRawCall(8, raw, 500, trace)), {
    ok: true,
    frame: { kind: "raw_call", call: 8, raw, ...told },
  });
});

test("a raw call carries any body, and a cancel its number", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(), (body, call) => {
    const raw = { body, encoding: "utf8", properties: { message_id: "m1" } } as const;
    assert.deepEqual(parseClientFrame(encodeRawCall(call, raw, 500)), {
      ok: true,
      frame: { kind: "raw_call", call, raw, timeoutMs: 500 },
    });
    assert.deepEqual(parseClientFrame(encodeCancel(call)), {
      ok: true,
      frame: { kind: "cancel", call },
    });
  }));
});

test("what a host says of earlier instances is read, and what makes no sense is left out", () => {
  const exits = ["oom", "signal", "exit", "killed", "timeout"].map((reason) => ({
    instance: "i1",
    reason,
    at: "2030-01-02T03:04:05Z",
  }));
  const said = { version: 1, features: [], instance: "i2", concurrency: 2, exits };
  const body = encoder.encode(
    HELLO_PREFIX + JSON.stringify({ ...said, exits: [...exits, { reason: "tired" }, 7, null] }),
  );
  assert.deepEqual(parseHostHello(body), { ok: true, frame: said });
});

test("[W5] a reply too deep to become a message is illegal, and does not end the session", () => {
  const reply = (payloadDepth: number) =>
    encoder.encode(
      `{"reply":7,"status":"ok","result":${'{"a":'.repeat(payloadDepth)}1${
        "}".repeat(payloadDepth)
      }}`,
    );
  const within = parseHostFrame(reply(MAX_MESSAGE_DEPTH - 1));
  assert.ok(within.ok && within.frame.kind === "reply" && within.frame.reply.kind === "output");
  const { payload } = within.frame.reply.output;
  const sentOn = { route: { steps: ["a"], current: 0 }, payload };
  assert.equal(parseMessage(JSON.stringify(sentOn)).ok, true);
  const over = parseHostFrame(reply(MAX_MESSAGE_DEPTH));
  assert.ok(over.ok && over.frame.kind === "reply" && over.frame.reply.kind === "failure");
  assert.equal(over.frame.call, 7);
  assert.equal(over.frame.reply.failure.code, "processing_error");
  assert.match(over.frame.reply.failure.message, /deeper than 1000 levels/);
});

test("a call's time is whole milliseconds, however it is said", () => {
  const timeoutMs = (said: string) => {
    const body = encoder.encode(`{"call":1,"message":{},"timeout_ms":${said}}`);
    const parsed = parseClientFrame(body);
    return parsed.ok && parsed.frame.kind === "call" ? parsed.frame.timeoutMs : null;
  };
  assert.equal(timeoutMs("500"), 500);
  assert.equal(timeoutMs("0.5"), 1);
  assert.equal(timeoutMs("1e300"), Number.MAX_SAFE_INTEGER);
  for (const none of ["0", "-1", '"500"', "null"]) assert.equal(timeoutMs(none), undefined);
});

test("a plain result comes with its text, any other without", () => {
  const outputOf = (text: string) => {
    const parsed = parseHostFrame(new TextEncoder().encode(text));
    return parsed.ok && parsed.frame.kind === "reply" && parsed.frame.reply.kind === "output"
      ? parsed.frame.reply.output
      : undefined;
  };
  assert.deepEqual(outputOf('{"reply":7,"status":"ok","result":{"n":12345678901234567890}}'), {
    payload: { n: 12345678901234567000 },
    payloadText: '{"n":12345678901234567890}',
  });
  assert.deepEqual(outputOf('{"status":"ok","reply":7,"result":{"n":1}}'), { payload: { n: 1 } });
  // What stands behind the result must not slip into a message with it.
  const twice = '{"reply":7,"status":"ok","result":{"n":1},"result":{"n":2}}';
  assert.deepEqual(outputOf(twice), { payload: { n: 2 } });
  const more = '{"reply":7,"status":"ok","result":{"n":1},"more":{}}';
  assert.deepEqual(outputOf(more), { payload: { n: 1 } });
  assert.equal(outputOf('{"reply":7,"status":"ok","result":{"n":1}}}'), undefined);
  assert.equal(outputOf('{"reply":7,"status":"ok","result":{"n":1e999}}'), undefined);
});
