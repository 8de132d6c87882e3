import assert from "node:assert/strict";
import { formatTraceparent, parseTraceparent } from "@asya/program";
import { type Json, parseReply, SENT_HEADER, TRIED_HEADER } from "@asya/protocol";
import { RecordedTracing } from "../tests/kit/recorded_tracing.ts";
import { turn } from "./testing/fake_clock.ts";
import type { FakeHost } from "./testing/fake_host.ts";
import { FakeSidecar, type FakeSidecarChange } from "./testing/fake_sidecar.ts";
import { jsonOf, NOW_MS, OWN_ID, sampleBody, samplePolicy } from "./testing/samples.ts";
import { WorkTracer } from "./trace_work.ts";
import type { Received } from "./work.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`;
const NOT_SAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;

/** A test of a sidecar in memory, whose spans are recorded. */
function traces(
  name: string,
  fn: (fake: FakeSidecar, tracing: RecordedTracing) => Promise<void>,
  { roots = 1, ...change }: FakeSidecarChange & { readonly roots?: number } = {},
): void {
  Deno.test({
    name,
    permissions: "none",
    fn: async () => {
      const tracing = new RecordedTracing(roots);
      const fake = new FakeSidecar({ tracing, ...change });
      await fake.start("classify");
      await fn(fake, tracing);
      await fake.end();
      const open = tracing.spans.filter(({ hasEnded }) => !hasEnded).map((span) => span.name);
      assert.deepEqual(open, [], "every span has ended");
    },
  });
}

/** Sends a message of a recorded trace, and lets the host act on it. */
async function carry(
  fake: FakeSidecar,
  act: (host: FakeHost) => void,
  message: { body?: unknown; traceparent?: string; headers?: Record<string, string> } = {},
): Promise<FakeHost> {
  const host = fake.place.host ?? await fake.host();
  const { body = sampleBody(), traceparent = SAMPLED, headers } = message;
  await fake.send(body, { messageId: OWN_ID, headers: { traceparent, ...headers } });
  act(host);
  await turn();
  return host;
}

async function takeOne(fake: FakeSidecar, queue: string): Promise<Received> {
  const [only, ...more] = await fake.takeDeliveries(queue);
  assert.ok(only && more.length === 0, `there is one message in ${queue}`);
  return only;
}

function headersOf(body: Uint8Array): Json {
  const value = jsonOf(body) as Record<string, Json>;
  return value.headers ?? null;
}

traces(
  "[N2] a hop is wait, work, call and send, in the trace of its message",
  async (fake, all) => {
    // A broker that only knows whole seconds says less than the header.
    const headers = { traceparent: SAMPLED, [SENT_HEADER]: String(NOW_MS + 5.5) };
    await fake.send(sampleBody(), { messageId: OWN_ID, headers });
    (await fake.host()).reply({ text: "hello" });
    await turn();
    const [wait, work, call, send] = all.spans;
    assert.deepEqual(all.spans.map((span) => all.path(span)), [
      "receive ocr",
      "process ocr",
      "process ocr > call ocr",
      "process ocr > send classify",
    ]);
    assert.deepEqual(all.spans.map(({ kind }) => kind), [
      "client",
      "consumer",
      "client",
      "producer",
    ]);
    assert.ok(all.spans.every(({ context }) => context.traceId === TRACE));
    const parent = parseTraceparent(SAMPLED)?.spanId;
    assert.deepEqual([wait?.parentId, work?.parentId], [parent, parent]);
    assert.equal(wait?.startMs, NOW_MS + 5.5);
    assert.equal(work?.startMs, NOW_MS + 10);
    assert.deepEqual(work?.attributes, {
      "messaging.system": "memory",
      "messaging.operation.type": "process",
      "messaging.operation.name": "process",
      "messaging.destination.name": "ocr",
      "messaging.message.id": OWN_ID,
      "messaging.message.body.size": JSON.stringify(sampleBody()).length,
      "messaging.message.conversation_id": "j1",
      "asya.actor": "ocr-actor",
      "asya.attempt": 1,
      "asya.step.index": 0,
      "asya.outcome": "forward",
    });
    assert.equal(call?.attributes["asya.call.end"], "replied");
    const out = await takeOne(fake, "classify");
    assert.equal(send?.attributes["messaging.message.id"], out.messageId);
    assert.equal(out.headers.traceparent, send && formatTraceparent(send.context));
    assert.equal(out.headers[SENT_HEADER], String(fake.clock.now()));
    const inBody = { team: "ml", traceparent: work && formatTraceparent(work.context) };
    assert.deepEqual(headersOf(out.body), inBody);
  },
);

Deno.test("[N8] a time that a message cannot have been sent at is not believed", {
  permissions: "none",
}, () => {
  const cases: readonly [said: string, startMs: number | undefined][] = [
    ["-1e308", undefined],
    ["-1", undefined],
    ["0", undefined],
    ["", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    [String(NOW_MS - 40 * 86_400_000), undefined],
    [String(NOW_MS - 60_000.5), NOW_MS - 60_000.5],
    ["1e308", NOW_MS],
  ];
  for (const [said, startMs] of cases) {
    const tracing = new RecordedTracing();
    const tracer = new WorkTracer({
      tracing,
      policy: samplePolicy(),
      system: { name: "memory" },
      now: () => NOW_MS,
    });
    const headers = { traceparent: SAMPLED, [SENT_HEADER]: said };
    const received = {
      ...{ queue: "ocr", messageId: OWN_ID, headers, attempt: 1, redelivered: false },
      body: new Uint8Array(),
    };
    tracer.begin(received, undefined, NOW_MS)?.end(undefined);
    const starts = tracing.spans.map((span) => [span.name, span.startMs]);
    const wait = startMs === undefined ? [] : [["receive ocr", startMs]];
    assert.deepEqual(starts, [...wait, ["process ocr", NOW_MS]], said);
  }
});

traces("[N2] whoever runs the handler is told of the call's place", async (fake, all) => {
  const host = await carry(fake, () => {});
  const { context } = all.span("call ocr");
  assert.equal(host.calls[0]?.request.traceparent, formatTraceparent(context));
  host.reply({});
});

traces("[N2] every output of a fan-out comes from a send of its own", async (fake, all) => {
  await carry(fake, (host) => host.reply([{ n: 1 }, { n: 2 }, { n: 3 }]));
  const sends = all.spans.filter(({ name }) => name === "send classify");
  const deliveries = await fake.takeDeliveries("classify");
  assert.deepEqual(
    deliveries.map(({ headers }) => headers.traceparent),
    sends.map(({ context }) => formatTraceparent(context)),
  );
  assert.equal(new Set(sends.map(({ context }) => context.spanId)).size, 3);
});

const otherwise: {
  readonly what: string;
  readonly act: (host: FakeHost) => void;
  readonly paths: string[];
  readonly says: Record<string, Json>;
  readonly body?: unknown;
}[] = [
  {
    what: "a handler that fails",
    act: (host) =>
      host.calls[0]?.end({ kind: "replied", reply: parseReply({ error: "it broke" }) }),
    paths: ["process ocr", "process ocr > call ocr", "process ocr > send error-end"],
    says: { "asya.outcome": "fail", "error.type": "processing_error" },
  },
  {
    what: "a handler that takes too long",
    act: (host) => host.calls[0]?.end({ kind: "timed_out" }),
    paths: ["process ocr", "process ocr > call ocr", "process ocr > send error-end"],
    says: { "asya.outcome": "fail", "error.type": "timeout_error" },
  },
  {
    what: "a handler without an answer",
    act: (host) => host.reply(null),
    paths: ["process ocr", "process ocr > call ocr", "process ocr > send happy-end"],
    says: { "asya.outcome": "finish" },
  },
  {
    what: "a body that is no message",
    body: "not json",
    act: () => {},
    paths: ["process ocr", "process ocr > send error-end"],
    says: { "asya.outcome": "fail", "error.type": "malformed_message" },
  },
  {
    what: "a message whose time has not come",
    body: sampleBody({
      route: {
        steps: ["ocr", "classify"],
        current: 0,
        metadata: { asya: { at: 0, not_before: new Date(NOW_MS + 7_200_000).toISOString() } },
      },
    }),
    act: () => {},
    paths: ["process ocr", "process ocr > send ocr"],
    says: { "asya.outcome": "retry", "asya.cause": "early" },
  },
];

for (const { what, act, paths, says, body } of otherwise) {
  traces(`[N2] ${what} has a trace to its end`, async (fake, all) => {
    await carry(fake, act, { body });
    assert.deepEqual(
      all.spans.filter(({ name }) => name !== "receive ocr").map((span) => all.path(span)),
      paths,
    );
    const said = all.span("process ocr").attributes;
    assert.deepEqual({ ...said, ...says }, said);
    const queue = paths.at(-1)?.split(" ").at(-1) ?? "";
    if (queue === "ocr") return;
    const { headers } = await takeOne(fake, queue);
    const { context } = all.span(`send ${queue}`);
    assert.equal(headers.traceparent, formatTraceparent(context));
  });
}

traces("[N3] a try that follows a death of the runtime is linked to it", async (fake, all) => {
  await carry(fake, (host) => host.die());
  const next = await fake.host({
    instance: "i2",
    exits: [{ instance: "i1", reason: "killed", at: "" }],
  });
  await turn();
  next.reply({});
  await turn();
  const [first, second, ...more] = all.spans.filter(({ name }) => name === "process ocr");
  assert.deepEqual(more, []);
  assert.deepEqual(second?.links, first && [first.context]);
  assert.equal(first?.attributes["error.type"], "runtime_died");
  assert.deepEqual(
    all.spans.filter(({ name }) => name === "receive ocr").flatMap((s) => s.links),
    [],
  );
});

traces("[N3] a failed try is named to error-end, and its sends name it on", async (fake, all) => {
  await carry(fake, (host) => host.calls[0]?.end({ kind: "timed_out" }));
  const { headers } = await takeOne(fake, "error-end");
  assert.equal(headers[TRIED_HEADER], formatTraceparent(all.span("process ocr").context));
});

traces("[N3] what error-end sends back says which try failed", async (fake, all) => {
  const tried = `00-${TRACE}-00000000000000aa-01`;
  const original_message = JSON.stringify(sampleBody());
  const sends = [{ queue: "classify", message: sampleBody() }];
  await carry(
    fake,
    (host) => host.calls[0]?.end({ kind: "replied", reply: parseReply({ status: "ok", sends }) }),
    {
      body: { job_id: "j1", error: "it broke", original_message },
      headers: { [TRIED_HEADER]: tried },
    },
  );
  const { headers } = await takeOne(fake, "classify");
  assert.equal(headers[TRIED_HEADER], tried);
  const { links, attributes } = all.span("process error-end");
  assert.deepEqual(links, [], "the failed try was not its own");
  assert.equal(attributes["messaging.message.conversation_id"], "j1");
}, { policy: { isTerminal: true, queue: "error-end" } });

for (const [what, traceparent] of [["nobody", undefined], ["no sense", "00-ab"]] as const) {
  traces(`[N4] a message whose trace is said by ${what} is the root of one`, async (fake, all) => {
    const host = await fake.host();
    const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
    await fake.send(sampleBody(), { messageId: OWN_ID, headers });
    host.reply({});
    await turn();
    const [root] = all.spans;
    assert.equal(root?.name, "receive ocr");
    assert.equal(root?.parentId, undefined);
    assert.equal(all.path(all.span("send classify")), "receive ocr > process ocr > send classify");
  });
}

traces(
  "[N4] who is not recorded by the first sidecar is not asked about again",
  async (fake, all) => {
    const host = await fake.host();
    await fake.send(sampleBody(), { messageId: OWN_ID });
    host.reply({});
    await turn();
    assert.deepEqual(all.spans, []);
    const { headers } = await takeOne(fake, "classify");
    assert.equal(parseTraceparent(headers.traceparent)?.flags, 0);
    assert.deepEqual(Object.keys(headers), ["traceparent"], "others are of recorded traces");
  },
  { roots: 0 },
);

traces("[N4] work of a trace that is not recorded makes no spans", async (fake, all) => {
  const host = await carry(fake, () => {}, { traceparent: NOT_SAMPLED });
  assert.equal(host.calls[0]?.request.traceparent, undefined);
  host.reply({});
  await turn();
  assert.deepEqual(all.spans, []);
  const { body, headers } = await takeOne(fake, "classify");
  assert.deepEqual(headers, { traceparent: NOT_SAMPLED });
  assert.deepEqual(headersOf(body), { team: "ml" });
});

Deno.test("[N1] the same messages go out, whether traces are made or not", {
  permissions: "none",
}, async () => {
  const outputs = async (tracing: RecordedTracing | undefined) => {
    const fake = new FakeSidecar(tracing ? { tracing } : {});
    await fake.start("classify");
    await carry(fake, (host) => host.reply([{ n: 1 }, null, { n: 2 }]));
    await carry(fake, (host) => host.calls[0]?.end({ kind: "timed_out" }), {
      body: sampleBody({ job_id: "j2" }),
    });
    const taken = [];
    for (const queue of ["classify", "happy-end", "error-end"]) {
      for (const { messageId, body, headers } of await fake.takeDeliveries(queue)) {
        const { headers: _, ...message } = jsonOf(body) as Record<string, Json>;
        taken.push({ queue, messageId, message, headers: tracing ? "traced" : headers });
      }
    }
    await fake.end();
    return taken;
  };
  const without = await outputs(undefined);
  assert.ok(without.length > 0);
  for (const { headers } of without) assert.deepEqual(headers, { traceparent: SAMPLED });
  const compare = (all: typeof without) => all.map(({ headers: _, ...rest }) => rest);
  assert.deepEqual(compare(await outputs(new RecordedTracing())), compare(without));
});

traces("[N5] what is said of work with a trace says which", async (fake, all) => {
  await carry(fake, (host) => host.calls[0]?.end({ kind: "timed_out" }));
  const traceparent = formatTraceparent(all.span("process ocr").context);
  for (const kind of ["called", "failed"]) {
    const event = fake.events.find((event) => event.kind === kind);
    assert.equal(event && "traceparent" in event && event.traceparent, traceparent);
  }
});

Deno.test("[N5] without tracing it says what the message came with", {
  permissions: "none",
}, async () => {
  const fake = new FakeSidecar();
  await fake.start("classify");
  await carry(fake, (host) => host.reply({}), { traceparent: NOT_SAMPLED });
  const event = fake.events.find(({ kind }) => kind === "processed");
  assert.equal(event && "traceparent" in event && event.traceparent, NOT_SAMPLED);
  await fake.end();
});
