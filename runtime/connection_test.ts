import assert from "node:assert/strict";
import { encodeFrame, FrameDecoder } from "@asya/protocol/framing";
import type { Json, JsonObject } from "@asya/protocol/json";
import { encodeHello, parseHostHello } from "@asya/protocol/session";
import { Calls } from "./calls.ts";
import { Connection, type Peer } from "./connection.ts";
import type { Event } from "./event.ts";
import type { HandlerContext, HandlerMessage } from "./handler.ts";
import type { Host, HostOptions } from "./host.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The far end of a connection, in the test's hands. */
class FakePeer implements Peer {
  readonly #decoder = new FrameDecoder();
  readonly frames: Json[] = [];
  readonly bodies: Uint8Array[] = [];
  writes = 0;
  isClosed = false;
  /** Set to make the peer stop reading. */
  blocked: Promise<void> | undefined;
  #chunks: (Uint8Array | null)[] = [];
  #wake = Promise.withResolvers<void>();
  #answered = Promise.withResolvers<void>();

  push(...chunks: (Uint8Array | null)[]): void {
    this.#chunks.push(...chunks);
    this.#wake.resolve();
  }

  pushFrames(...bodies: (Json | Uint8Array)[]): void {
    const frames = bodies.map((body) =>
      encodeFrame(body instanceof Uint8Array ? body : encoder.encode(JSON.stringify(body)))
    );
    this.push(Uint8Array.from(frames.flatMap((frame) => [...frame])));
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
    const chunk = this.#chunks.shift()!;
    if (chunk === null) return null;
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    if (part.length < chunk.length) this.#chunks.unshift(chunk.subarray(part.length));
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.blocked;
    if (this.isClosed) throw new Error("closed");
    this.writes++;
    for (const body of this.#decoder.push(bytes).frames) {
      this.bodies.push(body);
      const text = decoder.decode(body);
      if (text.startsWith("{") || text.startsWith("[")) this.frames.push(JSON.parse(text));
    }
    this.#answered.resolve();
    this.#answered = Promise.withResolvers();
    return bytes.length;
  }

  close(): void {
    this.isClosed = true;
    this.push(null);
  }

  /** Waits until so many frames came. */
  async received(count: number): Promise<Json[]> {
    while (this.frames.length < count) await this.#answered.promise;
    return this.frames;
  }
}

type TestHandler = (msg: HandlerMessage, ctx: HandlerContext) => unknown;

function setUp(handler: TestHandler, change: Partial<HostOptions> = {}) {
  const events: Event[] = [];
  const open = new Set<number>();
  const options: HostOptions = {
    concurrency: 1,
    replyFormat: "object",
    includeMetadata: false,
    isTerminal: false,
    timeoutMs: 60_000,
    maxFrameBytes: 4_096,
    chunkBytes: 512,
    detectOutOfMemory: true,
    cleansGpu: true,
    ...change,
  };
  const calls = new Calls({
    concurrency: options.concurrency,
    slowAfterMs: 0,
    ledger: { write: () => {} },
    clock: { now: () => 1_000, at: () => () => {} },
    onEvent: (event) => events.push(event),
    onRecycle: () => {},
  });
  const host: Host = {
    options,
    handler: { call: handler, traits: { answers: [], terminal: false } },
    calls,
    instance: "i1",
    exits: [{ instance: "i0", reason: "oom", at: "2026-01-01T00:00:00Z" }],
    now: () => 1_000,
    elapsed: () => 0,
    after: () => () => {},
    createLog: () => ({ debug() {}, info() {}, warn() {}, error() {} }),
    onEvent: (event) => events.push(event),
    sessions: {
      open: () => {
        open.add(open.size + 1);
        return open.size;
      },
      close: (session) => open.delete(session),
    },
  };
  const peer = new FakePeer();
  const served = new Connection(host, peer).serve();
  return { peer, served, events, open, host };
}

const hello = encodeHello({ version: 1, features: ["progress", "cancel"] });
const message = (payload: Json) => ({ route: { steps: ["a"], current: 0 }, payload });

Deno.test(
  "a hello opens a session with what a client must know",
  { permissions: "none" },
  async () => {
    const { peer, served, events } = setUp(() => null, { concurrency: 3 });
    peer.pushFrames(hello, { call: 1, message: message({}) });
    assert.deepEqual(await peer.received(1), [{ reply: 1, status: "ok", result: null }]);
    const answered = parseHostHello(peer.bodies[0]!);
    assert.deepEqual(answered.ok && answered.frame, {
      version: 1,
      features: ["progress", "cancel"],
      instance: "i1",
      concurrency: 3,
      exits: [{ instance: "i0", reason: "oom", at: "2026-01-01T00:00:00Z" }],
    });
    peer.push(null);
    await served;
    assert.deepEqual([peer.isClosed, events.length], [true, 0]);
  },
);

Deno.test("pipelined calls are answered in one write", { permissions: "none" }, async () => {
  const { peer, served } = setUp((msg) => msg.payload, { chunkBytes: 65_536 });
  const calls = Array.from({ length: 20 }, (_, call) => ({ call, message: message({ call }) }));
  peer.pushFrames(hello, ...calls);
  const replies = await peer.received(20);
  assert.deepEqual(replies[19], { reply: 19, status: "ok", result: { call: 19 } });
  assert.equal(peer.writes, 1);
  peer.push(null);
  await served;
});

Deno.test("[W3] frames are read however they are cut", { permissions: "none" }, async () => {
  const { peer, served } = setUp((msg) => msg.payload);
  const bytes = [
    ...encodeFrame(hello),
    ...encodeFrame(encoder.encode(JSON.stringify({ call: 7, message: message({ ok: true }) }))),
  ];
  peer.push(...bytes.map((byte) => new Uint8Array([byte])));
  assert.deepEqual(await peer.received(1), [{ reply: 7, status: "ok", result: { ok: true } }]);
  peer.push(null);
  await served;
});

Deno.test(
  "[K1] [K7] what a handler measures comes before its reply, to a client that asked for it",
  { permissions: "none" },
  async () => {
    const handler: TestHandler = function* (_msg, ctx) {
      ctx.metrics.count("pages_total", 3);
      ctx.metrics.generation({ model: "m" });
      yield "a";
      throw new TypeError("no");
    };
    const asked = setUp(handler);
    const measuring = encodeHello({ version: 1, features: ["measures", "progress"] });
    asked.peer.pushFrames(measuring, { call: 1, message: message({}) });
    const [data, measured, reply] = await asked.peer.received(3) as JsonObject[];
    assert.deepEqual(data, { progress: 1, data: "a" });
    const times = { duration_ms: 0, first_token_ms: 0 };
    assert.deepEqual(measured, {
      measure: 1,
      measures: [
        { kind: "count", name: "pages_total", value: 3, labels: {} },
        { kind: "stream", chunks: 1, first_chunk_ms: 0, duration_ms: 0 },
        { kind: "generation", model: "m", error_type: "TypeError", ...times },
      ],
    });
    assert.equal(reply?.reply, 1);
    asked.peer.push(null);
    await asked.served;

    const older = setUp(handler);
    older.peer.pushFrames(hello, { call: 1, message: message({}) });
    const [, second] = await older.peer.received(2) as JsonObject[];
    assert.equal(second?.reply, 1);
    older.peer.push(null);
    await older.served;
  },
);

Deno.test(
  "[R10] progress and partials come before the reply, in order",
  { permissions: "none" },
  async () => {
    const { peer, served } = setUp(async function* (_msg, ctx) {
      ctx.progress(0.1, "reading");
      ctx.progress(0.2, "x".repeat(5_000));
      yield { word: "a" };
      ctx.progress(7);
      ctx.progress(NaN, "odd");
      yield ["b"];
      return { done: true };
    }, { maxFrameBytes: 100_000 });
    peer.pushFrames(hello, { call: 1, message: message({}) });
    assert.deepEqual(await peer.received(5), [
      { progress: 1, fraction: 0.2, message: "x".repeat(1_024) },
      { progress: 1, data: { word: "a" } },
      { progress: 1, message: "odd" },
      { progress: 1, data: ["b"] },
      { reply: 1, status: "ok", result: { done: true } },
    ]);
    peer.push(null);
    await served;
  },
);

Deno.test(
  "[R10] a client that did not ask for progress gets none",
  { permissions: "none" },
  async () => {
    const { peer, served } = setUp(function* (_msg, ctx) {
      ctx.progress(0.5);
      yield 1;
      return { done: true };
    });
    peer.pushFrames(encodeHello({ version: 1, features: [] }), { call: 1, message: message({}) });
    assert.deepEqual(await peer.received(1), [{ reply: 1, status: "ok", result: { done: true } }]);
    peer.push(null);
    await served;
  },
);

Deno.test(
  "[W4] a partial over the cap is a failure, and ends the stream",
  { permissions: "none" },
  async () => {
    let isFinished = false;
    const { peer, served } = setUp(function* () {
      try {
        yield "x".repeat(5_000);
      } finally {
        isFinished = true;
      }
    });
    peer.pushFrames(hello, { call: 1, message: message({}) });
    const [reply] = await peer.received(1) as [{ error: string }];
    assert.deepEqual([reply.error, isFinished], ["frame_too_large", true]);
    peer.push(null);
    await served;
  },
);

Deno.test("a stream waits for a peer that does not read", { permissions: "none" }, async () => {
  let yielded = 0;
  const { peer, served } = setUp(function* () {
    for (; yielded < 1_000; yielded++) yield yielded;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  peer.blocked = promise;
  peer.pushFrames(hello, { call: 1, message: message({}) });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert(yielded < 3, `${yielded} partials were made for nobody`);
  resolve();
  await peer.received(1_001);
  peer.push(null);
  await served;
});

Deno.test("[R10] cancel reaches the handler", { permissions: "none" }, async () => {
  const { peer, served } = setUp((_msg, ctx) => {
    const { promise, reject } = Promise.withResolvers<never>();
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
    return promise;
  });
  peer.pushFrames(hello, { cancel: 9 }, { call: 1, message: message({}) }, { cancel: 1 });
  const [reply] = await peer.received(1) as [{ reply: number; message: string; type: string }];
  assert.deepEqual([reply.reply, reply.type, reply.message], [
    1,
    "AbortError",
    "the client cancelled the call",
  ]);
  peer.push(null);
  await served;
});

Deno.test(
  "[R10] a session that vanishes tells its calls to stop",
  { permissions: "none" },
  async () => {
    const stopped = Promise.withResolvers<string>();
    const { peer, served, open } = setUp((_msg, ctx) => {
      ctx.signal.addEventListener("abort", () => stopped.resolve(ctx.signal.reason.message));
      return new Promise(() => {});
    });
    peer.pushFrames(hello, { call: 1, message: message({}) });
    peer.push(null);
    assert.equal(await stopped.promise, "the client has gone");
    await served;
    assert.equal(open.size, 0);
  },
);

Deno.test(
  "a message that is none is told so, and the session goes on",
  { permissions: "none" },
  async () => {
    const { peer, served } = setUp(() => ({ ok: true }));
    peer.pushFrames(hello, { call: 1, message: { payload: {} } }, {
      call: 2,
      message: message({}),
    });
    const [bad, good] = await peer.received(2) as { reply: number; error?: string }[];
    assert.deepEqual([bad?.reply, bad?.error], [1, "malformed_message"]);
    assert.deepEqual([good?.reply, good?.error], [2, undefined]);
    peer.push(null);
    await served;
  },
);

const nonsense: readonly [name: string, bodies: (Json | Uint8Array)[]][] = [
  ["no call", [{ hello: 1 }]],
  ["no JSON", [encoder.encode("?")]],
  ["a call under way", [{ call: 1, message: message({}) }, { call: 1, message: message({}) }]],
];

for (const [name, bodies] of nonsense) {
  Deno.test(`[W5] a session ends at ${name}`, { permissions: "none" }, async () => {
    const { peer, served, events } = setUp(() => new Promise(() => {}));
    peer.pushFrames(hello, ...bodies);
    await served;
    assert.deepEqual([peer.isClosed, events[0]?.kind], [true, "peer_refused"]);
  });
}

Deno.test("[W5] a hello that is none ends the connection", { permissions: "none" }, async () => {
  const { peer, served, events } = setUp(() => null);
  peer.pushFrames(encoder.encode("ASYA/1 nonsense"));
  await served;
  assert.deepEqual([peer.isClosed, events.length], [true, 1]);
});

Deno.test(
  "[W4] a length over the cap is refused at once, in each use",
  { permissions: "none" },
  async () => {
    const huge = new Uint8Array([255, 255, 255, 255]);
    const single = setUp(() => null);
    single.peer.push(huge);
    await single.served;
    const [reply] = single.peer.frames as [{ error: string; message: string }];
    assert.equal(reply.error, "frame_too_large");
    assert.match(reply.message, /announces 4294967295 bytes; at most 4096/);
    const session = setUp(() => null);
    session.peer.pushFrames(hello);
    session.peer.push(huge);
    await session.served;
    assert.equal(session.peer.isClosed, true);
  },
);

Deno.test("one exchange is answered and ends", { permissions: "none" }, async () => {
  const { peer, served } = setUp((msg) => msg.payload);
  peer.pushFrames(message(7), message(8));
  await served;
  assert.deepEqual(peer.frames, [{ status: "ok", result: { value: 7 } }]);
  assert.equal(peer.isClosed, true);
});

Deno.test(
  "[W5] one exchange that is no JSON, or no message, is told so",
  { permissions: "none" },
  async () => {
    for (
      const [body, code] of [
        [encoder.encode("?"), "invalid_json"],
        [new Uint8Array([0xff]), "invalid_json"],
        [new Uint8Array(), "invalid_json"],
        [{ payload: 1 }, "malformed_message"],
      ] as const
    ) {
      const { peer, served } = setUp(() => assert.fail("must not be called"));
      peer.pushFrames(body);
      await served;
      assert.equal((peer.frames[0] as { error: string }).error, code);
    }
  },
);

Deno.test("a terminal actor's one exchange takes any body", { permissions: "none" }, async () => {
  const { peer, served } = setUp((msg) => ({ raw: msg.raw }), { isTerminal: true });
  peer.pushFrames(new Uint8Array([0xff]));
  await served;
  assert.deepEqual(peer.frames, [{
    status: "ok",
    result: { raw: { body: "/w==", encoding: "base64", properties: {} } },
  }]);
});

Deno.test("metadata is there when it is asked for", { permissions: "none" }, async () => {
  const { peer, served } = setUp((msg) => ({ ...msg }), { includeMetadata: true });
  peer.pushFrames({ job_id: "j", headers: { h: 1 }, ...message({ a: 1 }) });
  await served;
  assert.deepEqual(peer.frames, [{
    status: "ok",
    result: {
      job_id: "j",
      route: { steps: ["a"], current: 0, metadata: {} },
      headers: { h: 1 },
      payload: { a: 1 },
    },
  }]);
});

Deno.test("the context tells of the call", { permissions: "none" }, async () => {
  const { peer, served } = setUp((_msg, { attempt, deadline, jobId, traceparent }) => ({
    attempt,
    deadline,
    jobId,
    traceparent,
  }));
  const metadata = { asya: { at: 0, attempt: 3 } };
  const body = {
    job_id: "j",
    route: { steps: ["a"], current: 0, metadata },
    headers: { traceparent: "00-t" },
    payload: {},
  };
  peer.pushFrames(hello, { call: 1, timeout_ms: 4_000, message: body });
  const [reply] = await peer.received(1) as [{ result: Json }];
  assert.deepEqual(reply.result, {
    attempt: 3,
    deadline: "1970-01-01T00:00:05.000Z",
    jobId: "j",
    traceparent: "00-t",
  });
  peer.push(null);
  await served;
});
