import assert from "node:assert/strict";
import { HostedHandler, messageFor } from "../tests/kit/hosted_handler.ts";
import { freePort } from "../tests/kit/mod.ts";
import { startOtlpReceiver } from "../tests/kit/otlp.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

const handler = `
import { trace } from "npm:@opentelemetry/api@1.10.0";

export default async function* ocr(msg, ctx) {
  ctx.log.warn("reading");
  yield { page: 1 };
  return await trace.getTracer("mine").startActiveSpan("read a page", async (span) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const response = await fetch(msg.payload.url);
    span.end();
    return { traceparent: ctx.traceparent, asked: await response.text() };
  });
}
`;

Deno.test("[N5] [N6] what a handler does is in its call's trace, and only there if recorded", async () => {
  await using otlp = startOtlpReceiver();
  const port = freePort();
  // Answers with the trace that it was asked in.
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    (request) => new Response(request.headers.get("traceparent")),
  );
  await using hosted = await HostedHandler.start(handler, {
    env: otlp.env,
    flags: ["--allow-net=127.0.0.1"],
  });
  await using session = await hosted.session();
  const call = async (number: number, flags: string) => {
    const traceparent = `00-${TRACE.replace(/./, String(number))}-${CALLER}-${flags}`;
    const message = messageFor(
      { url: `http://127.0.0.1:${server.addr.port}/` },
      { headers: { traceparent } },
    );
    await session.call(number, message);
    const { reply } = await session.reply(number);
    assert.equal(reply.kind, "output");
    return reply.output.payload as { traceparent: string; asked: string };
  };
  const unrecorded = await call(1, "00");
  assert.equal(unrecorded.traceparent, `00-1${TRACE.slice(1)}-${CALLER}-00`);
  assert.match(unrecorded.asked, new RegExp(`^00-1${TRACE.slice(1)}-[0-9a-f]{16}-00$`));
  const recorded = await call(2, "01");

  const traceId = `2${TRACE.slice(1)}`;
  const spans = await otlp.until((o) => {
    const all = o.trace(traceId);
    return all.some(({ name }) => name === "execute handler") && all;
  }, "the call's span");
  assert.deepEqual(spans.map(({ name, kind }) => [name, kind]), [
    ["execute handler", "server"],
    ["read a page", "internal"],
    ["GET", "client"],
  ]);
  const [own, page, fetched] = spans;
  assert.deepEqual([own?.parentId, page?.parentId, fetched?.parentId], [
    CALLER,
    own?.spanId,
    page?.spanId,
  ]);
  assert.equal(own?.resource["service.name"], "asya-runtime");
  assert.equal(recorded.traceparent, `00-${traceId}-${own?.spanId}-01`);
  assert.equal(recorded.asked, `00-${traceId}-${fetched?.spanId}-01`);
  assert.deepEqual(otlp.trace(unrecorded.traceparent.slice(3, 35)), []);
  const lines = hosted.process.lines.filter(({ message }) => message === "reading");
  assert.deepEqual(lines.map(({ fields }) => [fields.trace_id, fields.span_id]), [
    [`1${TRACE.slice(1)}`, CALLER],
    [traceId, own?.spanId],
  ]);
});
