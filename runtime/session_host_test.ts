import assert from "node:assert/strict";
import { HostedHandler, messageFor } from "../tests/kit/hosted_handler.ts";
import { exchange, poll } from "../tests/kit/mod.ts";
import { parseLedger } from "./ledger.ts";

/** Tells how many calls were in it at the same time. */
const gate = `
  let inside = 0, most = 0;
  export default async (msg, ctx) => {
    most = Math.max(most, ++inside);
    const { promise, resolve, reject } = Promise.withResolvers();
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
    setTimeout(resolve, msg.payload.ms ?? 30);
    try { await promise; } finally { inside--; }
    return { most, n: msg.payload.n ?? null };
  };
`;

Deno.test("[R9] calls run side by side up to the concurrency, over all connections", async () => {
  await using hosted = await HostedHandler.start(gate, { env: { ASYA_CONCURRENCY: "3" } });
  await using first = await hosted.session();
  await using second = await hosted.session();
  const exchanges = Array.from(
    { length: 5 },
    (_, n) => exchange(hosted.socketPath, JSON.stringify(messageFor({ n }))),
  );
  for (let call = 1; call <= 10; call++) {
    await first.call(call, messageFor({ n: call }));
    await second.call(call, messageFor({ n: call }));
  }
  const replies = await Promise.all(
    [first, second].flatMap((session) =>
      Array.from({ length: 10 }, (_, index) => session.reply(index + 1))
    ),
  );
  const payloads = replies.map(({ reply }) =>
    reply.kind === "output" ? reply.output.payload as { most: number } : assert.fail()
  );
  assert.equal(Math.max(...payloads.map(({ most }) => most)), 3);
  for (const [n, end] of (await Promise.all(exchanges)).entries()) {
    assert(end.kind === "reply");
    assert.equal(JSON.parse(new TextDecoder().decode(end.body)).result.n, n);
  }
  assert.equal((await first.hello()).concurrency, 3);
});

Deno.test("[R10] a client that vanishes frees its place", async () => {
  await using hosted = await HostedHandler.start(gate);
  {
    await using vanishing = await hosted.session();
    await vanishing.hello();
    await vanishing.call(1, messageFor({ ms: 60_000 }), 60_000);
    await poll("the call to begin", async () => {
      const ledger = parseLedger(await Deno.readFile(`${hosted.socketPath}.calls`));
      return ledger !== undefined && ledger.calls.length > 0;
    });
  }
  await using session = await hosted.session();
  await session.call(1, messageFor({ n: 1 }));
  const { reply } = await session.reply(1);
  assert.deepEqual(reply, { kind: "output", output: { payload: { most: 1, n: 1 } } });
});

Deno.test("calls that come much faster than they are served are all answered", async () => {
  await using hosted = await HostedHandler.start("export default (msg) => msg.payload;");
  await using session = await hosted.session();
  const text = "x".repeat(20_000);
  for (let call = 1; call <= 2_000; call++) await session.call(call, messageFor({ call, text }));
  for (const call of [1, 1_000, 2_000]) {
    const { reply } = await session.reply(call);
    assert(reply.kind === "output");
    assert.deepEqual(reply.output.payload, { call, text });
  }
  await poll("every reply", () => session.frames.length === 2_000);
});
