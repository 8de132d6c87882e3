import assert from "node:assert/strict";
import type { Json } from "@asya/protocol";
import { freePort } from "./free_port.ts";
import { startOtlpReceiver } from "./otlp.ts";
import { RunningProcess } from "./running_process.ts";
import { platformEnv } from "./start_program.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** A server that is asked once, and says something meanwhile. */
const PROGRAM = `
const port = Number(Deno.args[0]);
const answer = () => {
  console.log("asked");
  return new Response();
};
await using _server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, answer);
await (await fetch("http://127.0.0.1:" + port + "/a")).text();
`;

Deno.test("OTLP: what Deno exports is taken whole", async () => {
  await using receiver = startOtlpReceiver();
  await using folder = await makeTempFolder();
  const file = await folder.write("program.ts", PROGRAM);
  await using program = new RunningProcess({
    name: "program",
    command: Deno.execPath(),
    args: ["run", "--quiet", "--allow-net=127.0.0.1", file, String(freePort())],
    env: { ...platformEnv(), ...receiver.env, OTEL_SERVICE_NAME: "something" },
  });
  const metric = await receiver.until(
    () =>
      receiver.spans.length > 1 && receiver.logs.length > 0 &&
      receiver.metric("http.server.request.duration", "something"),
    "spans, a log record and a metric",
  );
  await program.ended();

  const { traceId } = receiver.spans[0]!;
  const [client, server] = receiver.trace(traceId);
  assert.deepEqual([client?.kind, server?.kind], ["client", "server"]);
  assert.equal(client?.parentId, undefined);
  assert.equal(server?.parentId, client?.spanId);
  assert.equal(server?.attributes["http.response.status_code"], "200");
  assert.equal(server?.resource["service.name"], "something");
  assert.deepEqual(
    receiver.logs.map(({ body, spanId, severity }) => ({ body, spanId, severity })),
    [{ body: "asked\n", spanId: server?.spanId, severity: "INFO" }],
  );
  assert.equal(metric.points[0]?.count, 1);
  assert.equal(receiver.spans.length, 2);
});

const id = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
const span = { ...id, name: "work", kind: 1, startTimeUnixNano: "2000", endTimeUnixNano: "3000" };
const spans = (...spans: Json[]): Json => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const key = { key: "a", value: { stringValue: "b" } };

Deno.test("OTLP: what is none is refused, and fails whoever waits", async (t) => {
  const cases: Record<string, Json> = {
    "no spans": {},
    "a list": [],
    "a span without an id": spans({ ...span, spanId: "" }),
    "an id that is all zero": spans({ ...span, traceId: "0".repeat(32) }),
    "an id in capitals": spans({ ...span, traceId: "A".repeat(32) }),
    "a span that never ended": spans({ ...span, endTimeUnixNano: "0" }),
    "a span that ended too early": spans({ ...span, endTimeUnixNano: "1000" }),
    "a span without a name": spans({ ...span, name: "" }),
    "an unknown kind": spans({ ...span, kind: 9 }),
    "a link to nowhere": spans({ ...span, links: [{}] }),
    "an attribute of no type": spans({ ...span, attributes: [{ key: "a", value: "b" }] }),
    "an attribute given twice": spans({ ...span, attributes: [key, key] }),
  };
  for (const [what, body] of Object.entries(cases)) {
    await t.step(what, async () => {
      await using receiver = startOtlpReceiver();
      assert.equal(await post(`${receiver.url}/v1/traces`, body), 400);
      await assert.rejects(receiver.until(() => true, "anything"), /POST/);
      assert.deepEqual(receiver.spans, []);
    });
  }
  await t.step("another path", async () => {
    await using receiver = startOtlpReceiver();
    assert.equal(await post(`${receiver.url}/v2/traces`, spans(span)), 400);
  });
  await t.step("but not what is one", async () => {
    await using receiver = startOtlpReceiver();
    const waiting = receiver.until(({ spans }) => spans[0], "a span");
    assert.equal(await post(`${receiver.url}/v1/traces`, spans(span)), 200);
    assert.equal((await waiting).name, "work");
  });
});

async function post(url: string, body: Json): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  await response.body?.cancel();
  return response.status;
}
